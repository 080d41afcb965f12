import { Buffer } from "node:buffer";
import { copyFile, mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SentFile } from "./answer.ts";
import { writeArchive } from "./archive.ts";
import { gauged, pause, temporaryPath, type Call } from "./call.ts";
import { timeInName, type SnapshotDescription } from "./snapshot-store.ts";
import { TarWriter } from "./tar.ts";
import type { Collection } from "./world.ts";

/** Folder of a collection's snapshots, or of one of its shards', below the snapshots of a node. */
export function snapshotFolder(collection: Collection, shardId?: number): string {
  return shardId === undefined ? collection.name : join(collection.name, "shards", String(shardId));
}

/**
 * Makes a snapshot of what lies on the node: the whole collection, or one of its shards. Named
 * after the second in which it was begun, so that a second one in that second replaces it.
 */
export async function createSnapshot(
  call: Call,
  collection: Collection,
  shardId?: number,
): Promise<SnapshotDescription> {
  const { world, peer } = call;
  return gauged(peer.creating, collection.name, async () => {
    const time = timeInName(world.clock.now());
    const middle = shardId === undefined ? String(peer.peerId) : `shard-${shardId}`;
    const temporary = temporaryPath(call, "create");
    await mkdir(dirname(temporary), { recursive: true });
    await writeArchive(temporary, world, collection, peer, shardId ?? null);
    // Whoever dies here leaves the temporary file behind, like the server.
    await pause(call);
    const folder = snapshotFolder(collection, shardId);
    const name = `${collection.name}-${middle}-${time}.snapshot`;
    const made = await peer.store.publish(temporary, folder, name);
    peer.created.set(collection.name, (peer.created.get(collection.name) ?? 0) + 1);
    return made;
  });
}

/** A snapshot of one shard that is gone once it is sent. */
export async function streamShard(
  call: Call,
  collection: Collection,
  shardId: number,
): Promise<SentFile> {
  const { world, peer } = call;
  const path = temporaryPath(call, "stream");
  await mkdir(dirname(path), { recursive: true });
  await writeArchive(path, world, collection, peer, shardId);
  const modifiedAt = world.clock.now();
  const name = `${collection.name}-shard-${shardId}-${timeInName(modifiedAt)}.snapshot`;
  return { path, name, modifiedAt, ranged: false, isTemporary: true };
}

/** Packs a snapshot of each collection into one file, with the aliases. */
export async function createFullSnapshot(call: Call): Promise<SnapshotDescription> {
  const { world, peer } = call;
  const name = `full-snapshot-${timeInName(world.clock.now())}.snapshot`;
  const temporary = temporaryPath(call, "full");
  await mkdir(dirname(temporary), { recursive: true });
  const file = await open(temporary, "w");
  try {
    const tar = new TarWriter(file);
    const mapping: Record<string, string> = {};
    for (const collection of world.collections.values()) {
      const inner = `${collection.name}-${timeInName(world.clock.now())}.snapshot`;
      const part = `${temporary}-${peer.peerId}`;
      await writeArchive(part, { ...world, padding: null }, collection, peer, null);
      await tar.add(inner, [await readFile(part)]);
      mapping[collection.name] = inner;
      if (world.storage === "s3") await leaveBehind(call, part, collection.name, inner);
      await rm(part, { force: true });
    }
    const aliases = Object.fromEntries(world.aliases);
    const config = { collections_mapping: mapping, collections_aliases: aliases };
    await tar.add("config.json", [Buffer.from(JSON.stringify(config))]);
    await tar.end(0);
  } finally {
    await file.close();
  }
  await pause(call);
  return peer.store.publish(temporary, "", name);
}

/** On an object store the snapshots of the collections stay beside the full one. */
async function leaveBehind(call: Call, part: string, folder: string, name: string): Promise<void> {
  await copyFile(part, `${part}-copy`);
  await call.peer.store.publish(`${part}-copy`, folder, name);
}
