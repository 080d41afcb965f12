import { SnapformError } from "../../errors/index.ts";
import type { MemoryCollection, MemoryWorld } from "./world.ts";

/** The collection, or `not-found`. An alias is no collection. */
export function needCollection(world: MemoryWorld, name: string): MemoryCollection {
  const collection = world.collections.get(name);
  if (collection !== undefined) return collection;
  throw new SnapformError("not-found", `there is no collection ${JSON.stringify(name)}`);
}

/** Refuses when a node does not answer that has to. */
export function needNodes(world: MemoryWorld): void {
  for (const node of world.downNodes) {
    throw new SnapformError("unavailable", `${nodeName(node)} does not answer`, {
      retryable: true,
    });
  }
}

export function nodeName(node: number): string {
  return `node-${node}`;
}
