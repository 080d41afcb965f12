import type { ClusterObservation } from "../../engine/driver.ts";
import { NO_NODES, type ObservedCollection } from "../../snapshot/inventory.ts";
import { encodePoints } from "./content.ts";
import { nodeName } from "./errors.ts";
import { step, type MemorySetting } from "./setting.ts";

/** The version that the made-up servers tell. */
export const MEMORY_VERSION = "1.0.0";

export async function observeCluster(
  setting: MemorySetting,
  signal: AbortSignal,
): Promise<ClusterObservation> {
  const { world } = setting;
  await step(setting, "observe/ask", signal);
  const [down] = world.downNodes;
  const away = down === undefined ? null : `${nodeName(down)} does not answer`;
  const problem = away === null ? null : { code: "unavailable", message: away };
  const collections = [...world.collections.values()].map((collection): ObservedCollection => {
    const files = encodePoints(collection.points);
    return {
      name: collection.name,
      identity: collection.identity,
      points: problem === null ? collection.points.size : null,
      bytes: files.reduce((sum, file) => sum + file.bytes.length, 0),
      aliases: aliasesOf(world.aliases, collection.name),
      layout: null,
      problem,
    };
  });
  await step(setting, "observe/answer", signal);
  return { ...NO_NODES, identity: world.identity, version: MEMORY_VERSION, collections };
}

function aliasesOf(aliases: ReadonlyMap<string, string>, collection: string): string[] {
  return [...aliases]
    .filter(([, target]) => target === collection)
    .map(([alias]) => alias)
    .toSorted();
}
