import type { EngineDriver } from "../../../../../src/engine/driver.ts";
import { openNodeClient } from "../../../../../src/engines/qdrant/http/node-client.ts";
import type { Cluster } from "./cluster.ts";

/** A process that dies just before its `count`th request that changes something. */
export interface Mortal {
  readonly driver: EngineDriver;
  readonly died: Promise<void>;
}

export function openMortal(cluster: Cluster, count: number): Mortal {
  const { promise: died, resolve: die } = Promise.withResolvers<void>();
  let isDead = false;
  let changeCount = 0;
  const never = new Promise<never>(() => undefined);
  const alive = (isChange: boolean): boolean => {
    if (isChange && !isDead) {
      changeCount += 1;
      isDead = changeCount === count;
      if (isDead) die();
    }
    return !isDead;
  };
  const driver = cluster.open({
    openClient(options) {
      const client = openNodeClient(options);
      return {
        ...client,
        json(request) {
          const isChange = request.method !== "GET" && request.path.at(-1) !== "count";
          return alive(isChange) ? client.json(request) : never;
        },
        upload: (request) => (alive(true) ? client.upload(request) : never),
      };
    },
  });
  return { driver, died };
}
