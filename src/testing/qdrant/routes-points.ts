import { ok, refuse, type Answer } from "./answer.ts";
import { collectionName, flag, jsonBody, type Call } from "./call.ts";
import { requireCollection } from "./collections.ts";
import { parseFilter } from "./filter.ts";
import { byId, parseId, parsePoint, readPoints, removePoints, upsert } from "./points.ts";
import type { Route } from "./router.ts";
import { nearest, vectorNamed } from "./vectors.ts";
import type { Collection, FakePoint, JsonObject } from "./world.ts";

export const pointRoutes: readonly Route[] = [
  ["PUT", "/collections/{collection}/points", "points-write", put],
  ["POST", "/collections/{collection}/points", "collection-any", retrieve],
  ["GET", "/collections/{collection}/points/{id}", "collection-any", retrieveOne],
  ["POST", "/collections/{collection}/points/delete", "points-write", remove],
  ["POST", "/collections/{collection}/points/scroll", "collection-any", scroll],
  ["POST", "/collections/{collection}/points/count", "collection-any", count],
  ["POST", "/collections/{collection}/points/search", "collection-any", search],
  ["POST", "/collections/{collection}/points/query", "collection-any", query],
];

function changed(call: Call, collection: Collection): Answer {
  const status = flag(call, "wait", false) ? "completed" : "acknowledged";
  return ok({ operation_id: collection.operationCount, status });
}

async function put(call: Call): Promise<Answer> {
  const body = await jsonBody(call);
  const collection = requireCollection(call.world, collectionName(call));
  const given = body.points ?? fromBatch(body.batch);
  if (!Array.isArray(given)) refuse(400, "Format error in JSON body: missing field `points`");
  const points = given.map((each) => parsePoint(collection, each));
  upsert(call.world, collection, points, body.shard_key);
  return changed(call, collection);
}

/** Points by columns, as `batch` has them. */
function fromBatch(batch: unknown): unknown[] | undefined {
  if (typeof batch !== "object" || batch === null) return undefined;
  const { ids, vectors, payloads } = batch as Record<string, unknown[] | undefined>;
  return ids?.map((id, index) => ({
    id,
    vector: Array.isArray(vectors)
      ? vectors[index]
      : Object.fromEntries(
          Object.entries((vectors ?? {}) as Record<string, unknown[]>).map(([name, column]) => [
            name,
            column[index],
          ]),
        ),
    payload: payloads?.[index],
  }));
}

async function remove(call: Call): Promise<Answer> {
  const body = await jsonBody(call);
  const collection = requireCollection(call.world, collectionName(call));
  if (Array.isArray(body.points)) {
    const ids = new Set(body.points.map(parseId));
    removePoints(call.world, collection, ({ id }) => ids.has(id), body.shard_key);
  } else if (body.filter !== undefined) {
    removePoints(call.world, collection, parseFilter(body.filter), body.shard_key);
  } else {
    refuse(400, "Format error in JSON body: data did not match any variant of PointsSelector");
  }
  return changed(call, collection);
}

interface Asked {
  readonly body: JsonObject;
  readonly collection: Collection;
  /** What fits the filter, in the order of ids. */
  readonly points: readonly FakePoint[];
}

async function ask(call: Call): Promise<Asked> {
  const body = await jsonBody(call, true);
  const collection = requireCollection(call.world, collectionName(call));
  const all = readPoints(call.world, collection, body.shard_key, call.peer.peerId);
  return { body, collection, points: all.filter(parseFilter(body.filter)) };
}

async function count(call: Call): Promise<Answer> {
  return ok({ count: (await ask(call)).points.length });
}

async function retrieve(call: Call): Promise<Answer> {
  const { body, points } = await ask(call);
  if (!Array.isArray(body.ids)) refuse(400, "Format error in JSON body: missing field `ids`");
  const ids = new Set(body.ids.map(parseId));
  return ok(points.filter(({ id }) => ids.has(id)).map((point) => shown(point, body)));
}

function retrieveOne(call: Call): Answer {
  const text = call.params.id ?? "";
  const id = parseId(/^\d+$/.test(text) ? Number(text) : text);
  const collection = requireCollection(call.world, collectionName(call));
  const all = readPoints(call.world, collection, null, call.peer.peerId);
  const found = all.find((point) => point.id === id);
  if (!found) refuse(404, `Not found: Point with id ${id} does not exists!`);
  return ok(shown(found, { with_vector: true }));
}

async function scroll(call: Call): Promise<Answer> {
  const { body, points } = await ask(call);
  const limit = limitOf(body);
  const { offset } = body;
  const first = offset === undefined || offset === null ? null : parseId(offset);
  const rest =
    first === null ? points : points.filter((point) => byId(point, { ...point, id: first }) >= 0);
  return ok({
    points: rest.slice(0, limit).map((point) => shown(point, body)),
    next_page_offset: rest[limit]?.id ?? null,
  });
}

async function search(call: Call): Promise<Answer> {
  const asked = await ask(call);
  const { vector } = asked.body;
  const named = (Array.isArray(vector) ? { name: "", vector } : (vector ?? {})) as JsonObject;
  if (!Array.isArray(named.vector)) {
    refuse(400, "Format error in JSON body: missing field `vector`");
  }
  return ok(found(asked, named.vector as number[], (named.name ?? "") as string));
}

async function query(call: Call): Promise<Answer> {
  const asked = await ask(call);
  const { query: given, using = "" } = asked.body;
  if (given === undefined || given === null) {
    const points = asked.points.slice(0, limitOf(asked.body));
    return ok({ points: points.map((point) => ({ ...shown(point, asked.body), score: 0 })) });
  }
  const isObject = typeof given === "object" && !Array.isArray(given);
  const target: unknown = isObject ? (given as JsonObject).nearest : given;
  if (Array.isArray(target)) {
    return ok({ points: found(asked, target as number[], String(using)) });
  }
  const id = parseId(target);
  const point = asked.points.find((each) => each.id === id);
  const vector = point && vectorNamed(point, String(using));
  if (!vector) refuse(404, `Not found: No point with id ${id} found`);
  const others = asked.points.filter((each) => each.id !== id);
  return ok({ points: found({ ...asked, points: others }, vector, String(using)) });
}

function found(asked: Asked, vector: readonly number[], using: string): JsonObject[] {
  const { body, collection, points } = asked;
  const offset = (body.offset ?? 0) as number;
  const { vectors } = collection.config.params;
  return nearest(points, vectors, { vector, using })
    .slice(offset, offset + limitOf(body))
    .map(({ point, score }) => ({
      ...shown(point, body, body.with_payload === true),
      version: 0,
      score,
    }));
}

function limitOf({ limit = 10 }: JsonObject): number {
  if (Number.isInteger(limit) && (limit as number) >= 1) return limit as number;
  return refuse(422, "Validation error in JSON body: [limit: value invalid, must be 1 or larger]");
}

function shown(
  point: FakePoint,
  { with_payload: payload, with_vector: vector }: JsonObject,
  hasPayload: boolean = payload !== false,
): JsonObject {
  const hasVector = vector !== undefined && vector !== null && vector !== false;
  return {
    id: point.id,
    ...(hasPayload ? { payload: point.payload } : {}),
    ...(hasVector ? { vector: point.vector } : {}),
  };
}
