import type { KnownNative, NativeSnapshot } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { CopyStatus, SnapshotPart } from "../../snapshot/snapshot.ts";
import { contentHash, encodePoints, type MemoryPoints } from "./content.ts";
import { needNodes, nodeName } from "./errors.ts";
import { step, type MemorySetting } from "./setting.ts";
import type { MemorySnapshot, MemoryWorld } from "./world.ts";

/** The snapshots of these collections, as far as the nodes answer. */
export async function listSnapshots(
  setting: MemorySetting,
  asked: { readonly names: readonly string[]; readonly known: readonly KnownNative[] },
  signal: AbortSignal,
): Promise<NativeSnapshot[]> {
  const { world } = setting;
  const found: NativeSnapshot[] = [];
  const vanished = asked.known.map(({ collection }) => collection);
  for (const name of new Set([...asked.names, ...vanished])) {
    await step(setting, "list/ask", signal);
    if (world.downNodes.size >= world.flavour.parts) needNodes(world);
    const own = world.snapshots.filter((snapshot) => snapshot.collection === name);
    const isThere = world.collections.has(name);
    for (const snapshot of own) {
      const native = toNative(world, snapshot);
      // Of a collection that is gone nothing is listed; what is known cannot be reached.
      if (isThere) found.push(native);
      else if (asked.known.some(({ key }) => key === native.key)) found.push(beyondReach(native));
    }
  }
  return found;
}

function beyondReach(native: NativeSnapshot): NativeSnapshot {
  const parts = native.parts.map((part) => ({ ...part, status: "unreachable" as const }));
  return { ...native, status: "unreachable", parts };
}

/** Removes the parts one by one; without its first part a snapshot is not complete any more. */
export async function deleteSnapshot(
  setting: MemorySetting,
  native: NativeSnapshot,
  signal: AbortSignal,
): Promise<void> {
  const { world } = setting;
  await step(setting, "delete/look", signal);
  const snapshot = findSnapshot(world, native.collection, native.key);
  if (snapshot === null) return;
  needNodes(world);
  if (snapshot.pinned && world.flavour.pin === "server") {
    throw new SnapformError("failed-precondition", `snapshot ${native.key} is pinned`);
  }
  for (const node of snapshot.parts.keys()) {
    await step(setting, `delete/${nodeName(node)}`, signal);
    snapshot.parts.delete(node);
  }
  await step(setting, "delete/forget", null);
  const index = world.snapshots.indexOf(snapshot);
  if (index >= 0) world.snapshots.splice(index, 1);
  await step(setting, "delete/done", null);
}

export function findSnapshot(
  world: MemoryWorld,
  collection: string,
  name: string,
): MemorySnapshot | null {
  return (
    world.snapshots.find((each) => each.collection === collection && each.name === name) ?? null
  );
}

/** All points of a snapshot that is whole and can be reached. */
export function needPoints(world: MemoryWorld, collection: string, key: string): MemoryPoints {
  const snapshot = findSnapshot(world, collection, key);
  if (snapshot === null || !world.collections.has(collection)) {
    throw new SnapformError("not-found", `collection ${collection} has no snapshot ${key}`);
  }
  needNodes(world);
  if (statusOf(partsOf(world, snapshot)) !== "complete" || snapshot.finishedAt === null) {
    throw new SnapformError("failed-precondition", `snapshot ${key} is not complete`);
  }
  return new Map([...snapshot.parts.values()].flatMap((part) => [...part]));
}

export function toNative(world: MemoryWorld, snapshot: MemorySnapshot): NativeSnapshot {
  const parts = partsOf(world, snapshot);
  const status = statusOf(parts);
  const points: MemoryPoints = new Map([...snapshot.parts.values()].flatMap((part) => [...part]));
  return Object.freeze({
    key: snapshot.name,
    id: snapshot.id,
    collection: snapshot.collection,
    startedAt: snapshot.startedAt,
    finishedAt: snapshot.finishedAt,
    description: snapshot.description,
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    status: status === "complete" && snapshot.finishedAt === null ? "partial" : status,
    parts,
    points: { before: snapshot.before, after: snapshot.after },
    layout: null,
    pinned: snapshot.pinned,
    details: {
      collectionIdentity: snapshot.collectionIdentity,
      contentHash: contentHash(points),
    },
  });
}

function partsOf(world: MemoryWorld, snapshot: MemorySnapshot): SnapshotPart[] {
  return Array.from({ length: world.flavour.parts }, (_, node): SnapshotPart => {
    const name = nodeName(node);
    if (world.downNodes.has(node)) return { name, bytes: 0, status: "unknown" };
    const points = snapshot.parts.get(node);
    if (points === undefined) return { name, bytes: 0, status: "partial" };
    const bytes = encodePoints(points).reduce((sum, file) => sum + file.bytes.length, 0);
    const isNamed = world.flavour.serverNames;
    return { name, ...(isNamed ? { nativeName: snapshot.name } : {}), bytes, status: "complete" };
  });
}

function statusOf(parts: readonly SnapshotPart[]): CopyStatus {
  if (parts.some((part) => part.status === "partial")) return "partial";
  return parts.some((part) => part.status === "unknown") ? "unknown" : "complete";
}
