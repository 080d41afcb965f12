import { MemoryWorld } from "../../src/engines/memory/world.ts";

/** The same disks once more, so that one past can have many futures. */
export function cloneWorld(world: MemoryWorld): MemoryWorld {
  const clone = new MemoryWorld(world.flavour, world.identity);
  const last = world.nextNumber();
  while (clone.nextNumber() < last);
  for (const [name, each] of world.collections) clone.collections.set(name, { ...each });
  for (const [name, collection] of world.aliases) clone.aliases.set(name, collection);
  for (const each of world.snapshots) clone.snapshots.push({ ...each, parts: new Map(each.parts) });
  for (const [id, each] of world.journals) clone.journals.set(id, { ...each });
  clone.isReachable = world.isReachable;
  return clone;
}
