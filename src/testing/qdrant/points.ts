import { createHash } from "node:crypto";
import { refuse } from "./answer.ts";
import { readable } from "./transfers.ts";
import { vectorsOf, type VectorParams } from "./vectors.ts";
import type {
  Collection,
  FakePoint,
  JsonObject,
  PointId,
  Replica,
  ReplicaState,
  Shard,
  ShardKey,
  World,
} from "./world.ts";

/** States in which a replica takes writes. */
const WRITABLE: readonly ReplicaState[] = [
  "Active",
  "ActiveRead",
  "Partial",
  "Initializing",
  "Listener",
  "Resharding",
  "ReshardingScaleDown",
];

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** A whole number or a UUID; anything else is refused. */
export function parseId(value: unknown): PointId {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  if (typeof value === "string" && UUID.test(value)) return value.toLowerCase();
  return refuse(
    400,
    `Format error in JSON body: value ${JSON.stringify(value)} is not a valid point ID, ` +
      "valid values are either an unsigned integer or a UUID",
  );
}

/** Reads a point as it is written, and checks its vectors against the collection. */
export function parsePoint(collection: Collection, value: unknown): FakePoint {
  const { id, vector, payload } = (value ?? {}) as JsonObject;
  const params = vectorsOf(collection.config.params.vectors);
  return {
    id: parseId(id),
    vector: parseVector(vector, params),
    payload: (payload ?? {}) as JsonObject,
  };
}

function parseVector(
  value: unknown,
  params: ReadonlyMap<string, VectorParams>,
): FakePoint["vector"] {
  if (Array.isArray(value)) return checked(value as number[], params.get(""), "");
  if (typeof value !== "object" || value === null) {
    refuse(400, "Format error in JSON body: missing field `vector`");
  }
  const named = Object.entries(value as JsonObject).map(([name, each]) =>
    Array.isArray(each) ? [name, checked(each as number[], params.get(name), name)] : [name, each],
  );
  return Object.fromEntries(named) as JsonObject;
}

function checked(
  vector: readonly number[],
  params: VectorParams | undefined,
  name: string,
): readonly number[] {
  if (!params) refuse(400, `Wrong input: Not existing vector name error: ${name}`);
  if (vector.length !== params.size) {
    const sizes = `expected dim: ${params.size}, got ${vector.length}`;
    refuse(400, `Wrong input: Vector dimension error: ${sizes}`);
  }
  if (params.distance !== "Cosine") return vector;
  // The server keeps vectors of a cosine collection normalised.
  const norm = Math.hypot(...vector);
  return norm === 0 ? vector : vector.map((each) => Number((each / norm).toPrecision(8)));
}

/** The shards that a request with that key goes to; refuses a key that is unknown or missing. */
export function shardsFor(collection: Collection, key: unknown): readonly Shard[] {
  const shards = [...collection.shards.values()].toSorted((a, b) => a.id - b.id);
  if (key === undefined || key === null) return shards;
  const keys = (Array.isArray(key) ? key : [key]) as ShardKey[];
  const unknown = keys.find((each) => !collection.shardKeys.includes(each));
  if (unknown !== undefined) refuse(404, `Not found: Shard key ${unknown} not found`);
  return shards.filter((shard) => shard.key !== null && keys.includes(shard.key));
}

/** Changes points on every replica that takes writes; one that cannot be reached becomes Dead. */
export function write(
  world: World,
  collection: Collection,
  shard: Shard,
  change: (points: Map<PointId, FakePoint>) => void,
): void {
  const isUp = new Map(world.peers.map((peer) => [peer.peerId, peer.isRunning]));
  const targets = [...shard.replicas.values()].filter((each) => WRITABLE.includes(each.state));
  const reached = targets.filter((each) => isUp.get(each.peerId) === true);
  if (!reached.some((each) => each.state !== "Partial")) noActiveReplica(shard);
  for (const replica of targets) {
    if (reached.includes(replica)) change(replica.points);
    else replica.state = "Dead";
  }
  collection.operationCount += 1;
}

/** Upserts points, each into the shard that its id belongs to. */
export function upsert(
  world: World,
  collection: Collection,
  points: readonly FakePoint[],
  key: unknown,
): void {
  const shards = writableShards(collection, key);
  const sorted = Map.groupBy(points, (point) => shardOf(shards, point.id));
  for (const [shard, some] of sorted) {
    write(world, collection, shard, (stored) => {
      for (const point of some) stored.set(point.id, point);
    });
  }
}

/** Removes the points that a condition names. */
export function removePoints(
  world: World,
  collection: Collection,
  isGone: (point: FakePoint) => boolean,
  key: unknown,
): void {
  for (const shard of shardsFor(collection, key)) {
    write(world, collection, shard, (stored) => {
      for (const point of stored.values()) if (isGone(point)) stored.delete(point.id);
    });
  }
}

/** The points of the shards, each read from one replica that serves reads, in the order of ids. */
export function readPoints(
  world: World,
  collection: Collection,
  key: unknown,
  nearPeerId: number,
): readonly FakePoint[] {
  const replicas = shardsFor(collection, key).map((shard): Replica => {
    return readable(world, shard, nearPeerId)[0] ?? noActiveReplica(shard);
  });
  return replicas.flatMap((replica) => [...replica.points.values()]).toSorted(byId);
}

/** Whole numbers before UUIDs, each in its order. */
export function byId(a: FakePoint, b: FakePoint): number {
  if (typeof a.id === "number" && typeof b.id === "number") return a.id - b.id;
  if (typeof a.id !== typeof b.id) return typeof a.id === "number" ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

function writableShards(collection: Collection, key: unknown): readonly Shard[] {
  const isCustom = collection.config.params.sharding_method === "custom";
  if (isCustom && (key === undefined || key === null)) {
    refuse(400, "Wrong input: Shard key not specified");
  }
  return shardsFor(collection, key);
}

function shardOf(shards: readonly Shard[], id: PointId): Shard {
  const digest = createHash("md5").update(String(id)).digest().readUInt32BE(0);
  return shards[digest % shards.length] as Shard;
}

function noActiveReplica(shard: Shard): never {
  return refuse(
    500,
    `Service internal error: The replica set for shard ${shard.id} has no active replica`,
  );
}
