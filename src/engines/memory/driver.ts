import type { Clock } from "../../clock/clock.ts";
import type { EngineDriver } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { memoryCapabilities } from "./capabilities.ts";
import { captureCollection, readSnapshot } from "./capture.ts";
import { checkCollection } from "./check.ts";
import { createSnapshot } from "./create.ts";
import { needCollection } from "./errors.ts";
import { deleteSnapshot, listSnapshots } from "./native.ts";
import { observeCluster } from "./observe.ts";
import { recoverRun } from "./recover.ts";
import { restoreCollection } from "./restore.ts";
import { step, type MemorySetting } from "./setting.ts";
import { sweepWorld } from "./sweep.ts";
import type { MemoryWorld } from "./world.ts";

export interface MemoryOptions {
  readonly world: MemoryWorld;
  readonly clock: Clock;
  /** Called where the process could die; `world.kill(process)` there makes that come true. */
  readonly step?: (name: string, process: number) => Promise<void>;
}

/** Opens the made-up cluster as a new process would. */
export function openMemoryDriver(options: MemoryOptions): EngineDriver {
  const { world, clock } = options;
  const setting: MemorySetting = {
    world,
    clock,
    process: world.enter(),
    step: options.step ?? (() => Promise.resolve()),
  };
  const driver: EngineDriver = {
    engine: "memory",
    capabilities: memoryCapabilities(world.flavour),
    observe: ({ signal }) => observeCluster(setting, signal),
    listNative: (names, known, { signal }) => listSnapshots(setting, { names, known }, signal),
    restore: (request, context) => restoreCollection(setting, request, context),
    recoverRestore: ({ runId, target }) => recoverRun(setting, runId, target),
    sweep: ({ signal }) => sweepWorld(setting, signal),
    check: (collection, manifest, level, { signal }) =>
      checkCollection(setting, collection, manifest, level, signal),
    close: () => Promise.resolve(),
  };
  return Object.freeze({ ...driver, ...snapshotCalls(setting), ...aliasCalls(setting) });
}

function snapshotCalls(setting: MemorySetting): Partial<EngineDriver> {
  const { create, copyOut } = setting.world.flavour;
  if (create === "capture") {
    return { capture: (request, { signal }) => captureCollection(setting, request, signal) };
  }
  const calls: Partial<EngineDriver> = {
    createNative: (request, { signal }) => createSnapshot(setting, request, signal),
    deleteNative: (snapshot, { signal }) => deleteSnapshot(setting, snapshot, signal),
  };
  if (!copyOut) return calls;
  return { ...calls, readNative: (native, { signal }) => readSnapshot(setting, native, signal) };
}

function aliasCalls(setting: MemorySetting): Partial<EngineDriver> {
  const { world } = setting;
  if (!world.flavour.alias) return {};
  return {
    async moveAlias(alias, collection, { signal }): Promise<string | null> {
      await step(setting, "alias/look", signal);
      needCollection(world, collection);
      if (world.collections.has(alias)) {
        throw new SnapformError("already-exists", `${alias} is the name of a collection`);
      }
      const former = world.aliases.get(alias) ?? null;
      await step(setting, "alias/move", signal);
      world.aliases.set(alias, collection);
      await step(setting, "alias/moved", null);
      return former;
    },
  };
}
