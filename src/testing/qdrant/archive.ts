import { Buffer } from "node:buffer";
import { createCipheriv } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { createInterface } from "node:readline";
import { isSnapformError } from "../../errors/index.ts";
import { refuse } from "./answer.ts";
import { listTar, TarWriter, type TarMember } from "./tar.ts";
import type {
  Collection,
  CollectionConfig,
  FakePoint,
  JsonObject,
  Peer,
  Shard,
  ShardKey,
  World,
} from "./world.ts";

/** What a snapshot file says of its collection, beside the points. */
export interface ArchiveHead {
  readonly version: string;
  readonly config: CollectionConfig;
  readonly payloadSchema: Readonly<Record<string, JsonObject>>;
  readonly shardKeys: readonly { readonly key: ShardKey; readonly shardIds: readonly number[] }[];
  readonly shards: readonly {
    readonly id: number;
    readonly replicas: Readonly<Record<string, string>>;
  }[];
}

/** A snapshot file that was found to be one. */
export interface Archive extends AsyncDisposable {
  readonly head: ArchiveHead;
  /** Shards whose points it has. */
  readonly shardIds: ReadonlySet<number>;
  /** The points of a shard; null where its content cannot be read, which the server overlooks. */
  points(shardId: number): Promise<readonly FakePoint[] | null>;
}

/** Writes the shards that lie on `peer`, or only one of them, to a new snapshot file. */
export async function writeArchive(
  path: string,
  world: World,
  collection: Collection,
  peer: Peer,
  onlyShard: number | null,
): Promise<void> {
  const file = await open(path, "w");
  try {
    const tar = new TarWriter(file);
    await tar.add("version.info", [Buffer.from(peer.version)]);
    await tar.add("config.json", [Buffer.from(JSON.stringify(headOf(collection, peer)))]);
    for (const shard of shardsOf(collection)) {
      if (onlyShard !== null && shard.id !== onlyShard) continue;
      const replica = shard.replicas.get(peer.peerId);
      // Each shard is frozen when its turn comes: there is no one instant for all of them.
      if (replica) await tar.add(`${shard.id}/points.ndjson`, lines([...replica.points.values()]));
    }
    await pad(tar, world.padding);
    await tar.end(world.padding?.bytes ?? 0);
  } finally {
    await file.close();
  }
}

function headOf(collection: Collection, peer: Peer): ArchiveHead {
  const shards = shardsOf(collection);
  return {
    version: peer.version,
    config: collection.config,
    payloadSchema: Object.fromEntries(collection.payloadSchema),
    shardKeys: collection.shardKeys.map((key) => ({
      key,
      shardIds: shards.filter((shard) => shard.key === key).map((shard) => shard.id),
    })),
    shards: shards.map(({ id, replicas }) => ({
      id,
      replicas: Object.fromEntries([...replicas].map(([peerId, { state }]) => [peerId, state])),
    })),
  };
}

function shardsOf(collection: Collection): Shard[] {
  return [...collection.shards.values()].toSorted((a, b) => a.id - b.id);
}

function* lines(points: readonly FakePoint[]): Generator<Uint8Array> {
  for (let index = 0; index < points.length; index += 256) {
    const some = points.slice(index, index + 256);
    yield Buffer.from(some.map((point) => `${JSON.stringify(point)}\n`).join(""));
  }
}

async function pad(tar: TarWriter, padding: World["padding"]): Promise<void> {
  // A header, and the two blocks that end the archive.
  const size = (padding?.bytes ?? 0) - tar.offset - 3 * 512;
  if (padding === null || size <= 0) return;
  const whole = Math.floor(size / 512) * 512;
  if (padding.content === "zeros") await tar.addHole("padding", whole);
  else await tar.add("padding", noise(whole));
}

/** Bytes that neither compress nor repeat, the same each time. */
function* noise(size: number): Generator<Uint8Array> {
  const zeros = Buffer.alloc(1024 * 1024);
  const cipher = createCipheriv("aes-128-ctr", zeros.subarray(0, 16), zeros.subarray(0, 16));
  for (let at = 0; at < size; at += zeros.length) {
    yield cipher.update(zeros.subarray(0, Math.min(zeros.length, size - at)));
  }
}

/** Opens a snapshot file; refuses what is none, as the server does when it unpacks. */
export async function openArchive(path: string): Promise<Archive> {
  const file = await open(path, "r");
  try {
    const members = await listTar(file);
    const wrong = members.find((each) => each.kind === "other" || isOutside(each.name));
    if (wrong) refuse(500, `Service internal error: unexpected entry in archive: ${wrong.name}`);
    const head = await readHead(file, members);
    const bodies = new Map<number, TarMember>();
    for (const member of members) {
      const id = /^(\d+)\/points\.ndjson$/.exec(member.name)?.[1];
      if (id !== undefined) bodies.set(Number(id), member);
    }
    return {
      head,
      shardIds: new Set(bodies.keys()),
      points: async (shardId) => readPoints(file, bodies.get(shardId)),
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    if (isSnapformError(error) && error.code === "corrupt") {
      refuse(500, `Service internal error: Failed to unpack snapshot: ${error.message}`);
    }
    throw error;
  }
}

function isOutside(name: string): boolean {
  return name.startsWith("/") || name.split("/").includes("..");
}

async function readHead(file: FileHandle, members: readonly TarMember[]): Promise<ArchiveHead> {
  const member = members.find((each) => each.name === "config.json");
  if (!member) refuse(500, "Service internal error: snapshot has no collection config");
  const bytes = Buffer.alloc(member.size);
  await file.read(bytes, 0, member.size, member.offset);
  try {
    const head = JSON.parse(bytes.toString("utf8")) as ArchiveHead;
    if (typeof head.config.params.shard_number === "number") return head;
  } catch {
    // Refused below, like a config of another shape.
  }
  refuse(500, "Service internal error: Can't read collection config from snapshot");
}

async function readPoints(
  file: FileHandle,
  member: TarMember | undefined,
): Promise<readonly FakePoint[] | null> {
  if (!member || member.size === 0) return [];
  const { offset: start, size } = member;
  const input = file.createReadStream({ start, end: start + size - 1, autoClose: false });
  const points: FakePoint[] = [];
  try {
    for await (const line of createInterface({ input })) points.push(JSON.parse(line) as FakePoint);
  } catch {
    return null;
  }
  return points;
}
