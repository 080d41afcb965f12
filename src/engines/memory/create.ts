import type { NativeCreateRequest, NativeSnapshot } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Json } from "../../snapshot/manifest.ts";
import { pointsOn } from "./content.ts";
import { needCollection, nodeName } from "./errors.ts";
import { findSnapshot, toNative } from "./native.ts";
import { step, type MemorySetting } from "./setting.ts";
import type { MemorySnapshot, MemoryWorld } from "./world.ts";

const SECOND_MS = 1000;

/** What an attempt leaves behind for the next one. */
interface Attempt {
  /** The server's name for it, once it is known. */
  readonly name: string | null;
  /** Names that were there before it began: what is new later, the attempt has made. */
  readonly known: readonly string[];
}

/** Makes a snapshot, one part after another; goes on with what an earlier attempt has made. */
export async function createSnapshot(
  setting: MemorySetting,
  request: NativeCreateRequest,
  signal: AbortSignal,
): Promise<NativeSnapshot> {
  const { world, clock } = setting;
  await step(setting, "create/look", signal);
  needCollection(world, request.collection);
  const snapshot = findEarlier(world, request) ?? (await begin(setting, request, signal));
  for (let node = 0; node < world.flavour.parts; node += 1) {
    if (snapshot.parts.has(node)) continue;
    await step(setting, `create/${nodeName(node)}`, signal);
    if (world.downNodes.has(node) || world.failingNodes.has(node)) continue;
    const { points } = needCollection(world, request.collection);
    snapshot.parts.set(node, pointsOn(points, node, world.flavour.parts));
    snapshot.after = points.size;
  }
  if (snapshot.parts.size === 0) {
    world.snapshots.splice(world.snapshots.indexOf(snapshot), 1);
    throw new SnapformError("unavailable", "no node made its part", { retryable: true });
  }
  await step(setting, "create/finish", null);
  snapshot.finishedAt ??= clock.now().toISOString();
  await step(setting, "create/done", null);
  return toNative(world, snapshot);
}

async function begin(
  setting: MemorySetting,
  request: NativeCreateRequest,
  signal: AbortSignal,
): Promise<MemorySnapshot> {
  const { world, clock } = setting;
  const { collection, description, snapshotId } = request;
  const { serverNames } = world.flavour;
  const known = namesOf(world, collection);
  await request.record({ name: null, known });
  await step(setting, "create/begin", signal);
  if (serverNames) await awaitFreeSecond(setting, collection, signal);
  const { identity, points } = needCollection(world, collection);
  const now = clock.now();
  const snapshot: MemorySnapshot = {
    collection,
    collectionIdentity: identity,
    name: serverNames ? secondName(collection, now) : snapshotId,
    id: serverNames ? null : snapshotId,
    description: serverNames ? null : description,
    startedAt: now.toISOString(),
    finishedAt: null,
    before: points.size,
    after: points.size,
    parts: new Map(),
    pinned: false,
  };
  world.snapshots.push(snapshot);
  await step(setting, "create/begun", null);
  await request.record({ name: snapshot.name, known });
  return snapshot;
}

function findEarlier(world: MemoryWorld, request: NativeCreateRequest): MemorySnapshot | null {
  const { collection, snapshotId } = request;
  if (!world.flavour.serverNames) return findSnapshot(world, collection, snapshotId);
  const attempt = attemptOf(request.earlier);
  if (attempt === null) return null;
  if (attempt.name !== null) return findSnapshot(world, collection, attempt.name);
  const made = namesOf(world, collection).find((name) => !attempt.known.includes(name));
  return made === undefined ? null : findSnapshot(world, collection, made);
}

function attemptOf(details: Json): Attempt | null {
  if (typeof details !== "object" || details === null || !("known" in details)) return null;
  return details as unknown as Attempt;
}

function namesOf(world: MemoryWorld, collection: string): string[] {
  return world.snapshots.filter((each) => each.collection === collection).map((each) => each.name);
}

/** Two snapshots in one second would be one. */
async function awaitFreeSecond(
  setting: MemorySetting,
  collection: string,
  signal: AbortSignal,
): Promise<void> {
  const { world, clock } = setting;
  while (findSnapshot(world, collection, secondName(collection, clock.now())) !== null) {
    await clock.sleep(SECOND_MS - (clock.now().getTime() % SECOND_MS), signal);
    await step(setting, "create/next-second", signal);
  }
}

function secondName(collection: string, at: Date): string {
  return `${collection}-${at.toISOString().slice(0, 19).replace(/[T:]/g, "-")}.snapshot`;
}
