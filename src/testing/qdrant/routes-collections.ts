import { ok, refuse, type Answer } from "./answer.ts";
import { maySee } from "./access.ts";
import { collectionName, jsonBody, type Call } from "./call.ts";
import {
  checkCollectionName,
  createCollection,
  dropCollection,
  findCollection,
  requireCollection,
} from "./collections.ts";
import { readable } from "./transfers.ts";
import { vectorsOf } from "./vectors.ts";
import type { Route } from "./router.ts";
import type { CollectionConfig, JsonObject, Replica, World } from "./world.ts";

export const collectionRoutes: readonly Route[] = [
  ["GET", "/collections", "listing", list],
  ["GET", "/collections/{collection}", "collection-any", show],
  ["PUT", "/collections/{collection}", "global-manage", create],
  ["DELETE", "/collections/{collection}", "global-manage", drop],
  ["GET", "/collections/{collection}/exists", "collection-any", exists],
  ["PUT", "/collections/{collection}/index", "collection-write", createIndex],
];

function list({ world, access }: Call): Answer {
  const names = [...world.collections.keys()].filter((name) => maySee(world, access, name));
  return ok({ collections: names.map((name) => ({ name })) });
}

function exists(call: Call): Answer {
  return ok({ exists: findCollection(call.world, collectionName(call)) !== null });
}

function show(call: Call): Answer {
  const { world } = call;
  const collection = requireCollection(world, collectionName(call));
  const replicas = [...collection.shards.values()]
    .map((shard) => readable(world, shard, call.peer.peerId)[0])
    .filter((replica): replica is Replica => replica !== undefined);
  const count = replicas.reduce((sum, replica) => sum + replica.points.size, 0);
  const schema = [...collection.payloadSchema].map(([field, index]) => [
    field,
    { ...index, points: count },
  ]);
  return ok({
    status: collection.status,
    optimizer_status: "ok",
    indexed_vectors_count: 0,
    points_count: count,
    segments_count: replicas.length * 2,
    config: collection.config,
    payload_schema: Object.fromEntries(schema) as JsonObject,
    update_queue: { length: 0, deferred_points: 0 },
  });
}

async function create(call: Call): Promise<Answer> {
  const body = await jsonBody(call);
  const name = collectionName(call);
  checkCollectionName(name);
  createCollection(call.world, name, configOf(call.world, body));
  return ok(true);
}

function configOf(world: World, body: JsonObject): CollectionConfig {
  const method = body.sharding_method ?? undefined;
  if (method !== undefined && method !== "auto" && method !== "custom") {
    refuse(400, `Format error in JSON body: unknown variant \`${JSON.stringify(method)}\``);
  }
  const vectors = (body.vectors ?? {}) as JsonObject;
  vectorsOf(vectors);
  const isCustom = method === "custom";
  return {
    params: {
      vectors,
      ...(body.sparse_vectors ? { sparse_vectors: body.sparse_vectors as JsonObject } : {}),
      shard_number: count(body, "shard_number", isCustom ? 1 : world.peers.length),
      ...(method ? { sharding_method: method } : {}),
      replication_factor: count(body, "replication_factor", 1),
      write_consistency_factor: count(body, "write_consistency_factor", 1),
      on_disk_payload: body.on_disk_payload !== false,
    },
    hnsw_config: merged(
      { m: 16, ef_construct: 100, full_scan_threshold: 10000, max_indexing_threads: 0 },
      body.hnsw_config,
    ),
    optimizer_config: merged(
      { deleted_threshold: 0.2, vacuum_min_vector_number: 1000, default_segment_number: 0 },
      body.optimizers_config,
    ),
    wal_config: merged({ wal_capacity_mb: 32, wal_segments_ahead: 0 }, body.wal_config),
    quantization_config: (body.quantization_config ?? null) as JsonObject | null,
    strict_mode_config: merged({ enabled: false }, body.strict_mode_config),
    ...(body.metadata ? { metadata: body.metadata as JsonObject } : {}),
  };
}

function merged(defaults: JsonObject, given: unknown): JsonObject {
  return { ...defaults, ...(given as JsonObject | undefined) };
}

function count(body: JsonObject, name: string, fallback: number): number {
  const value = body[name] ?? fallback;
  if (Number.isInteger(value) && (value as number) >= 1) return value as number;
  const found = `value ${JSON.stringify(value)} invalid, must be 1 or larger`;
  return refuse(422, `Validation error in JSON body: [${name}: ${found}]`);
}

function drop(call: Call): Answer {
  return ok(dropCollection(call.world, collectionName(call)));
}

const FIELD_TYPES = ["keyword", "integer", "float", "geo", "text", "bool", "datetime", "uuid"];

async function createIndex(call: Call): Promise<Answer> {
  const { field_name: field, field_schema: schema } = await jsonBody(call);
  const collection = requireCollection(call.world, collectionName(call));
  if (typeof field !== "string")
    refuse(400, "Format error in JSON body: missing field `field_name`");
  const type = typeof schema === "object" ? (schema as JsonObject | null)?.type : schema;
  if (typeof type !== "string" || !FIELD_TYPES.includes(type)) {
    refuse(400, `Format error in JSON body: unknown field schema ${JSON.stringify(schema)}`);
  }
  const params = typeof schema === "object" ? { params: schema as JsonObject } : {};
  collection.payloadSchema.set(field, { data_type: type, ...params });
  collection.operationCount += 1;
  return ok({ operation_id: collection.operationCount, status: "completed" });
}
