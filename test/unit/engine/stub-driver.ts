import type { Capture, EngineContext, EngineDriver } from "../../../src/engine/driver.ts";
import { MEMORY_FLAVOUR, memoryCapabilities } from "../../../src/engines/memory/capabilities.ts";
import { NO_NODES } from "../../../src/snapshot/inventory.ts";

export function contextOf(signal: AbortSignal = new AbortController().signal): EngineContext {
  return { signal, progress: () => undefined };
}

/** A capture that counts how often it was closed. */
export function countedCapture(): { capture: Capture; closedCount(): number } {
  let count = 0;
  const capture: Capture = {
    draft: {
      engineVersion: null,
      collectionIdentity: null,
      clusterIdentity: null,
      schema: null,
      details: null,
      points: null,
      layout: null,
    },
    parts: [],
    close: () => {
      count += 1;
      return Promise.resolve();
    },
  };
  return { capture, closedCount: () => count };
}

const nothing = (): Promise<never> => Promise.reject(new Error("not stubbed"));

/** A driver whose calls fail unless they are given. */
export function stubDriver(calls: Partial<EngineDriver> = {}): EngineDriver {
  return {
    engine: "memory",
    capabilities: memoryCapabilities({ ...MEMORY_FLAVOUR, create: "capture", alias: false }),
    observe: nothing,
    listNative: nothing,
    capture: nothing,
    restore: nothing,
    recoverRestore: nothing,
    sweep: nothing,
    check: nothing,
    close: () => Promise.resolve(),
    ...calls,
  };
}

export const emptyCluster = {
  ...NO_NODES,
  identity: "c",
  version: null,
  collections: [],
} as const;

/** Lets everything that can run at once run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}
