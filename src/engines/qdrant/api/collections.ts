import type { Json } from "../../../snapshot/json.ts";
import type { NodeClient } from "../http/node-client.ts";
import { ask, optionsOf, type AskOptions } from "./ask.ts";
import {
  field,
  listOf,
  optional,
  readCount,
  readDone,
  readFlag,
  readJson,
  readText,
} from "./shape.ts";
import type { Read } from "./shape.ts";

/** The names of the collections that the key may see, sorted. */
export function listCollections(
  client: NodeClient,
  options: AskOptions = {},
): Promise<readonly string[]> {
  const doing = "listing the collections";
  const readName: Read<string> = (value, at) => field(value, "name", at, readText);
  return ask(
    client,
    { method: "GET", path: ["collections"], doing, ...optionsOf(options) },
    (value, at) => Object.freeze(field(value, "collections", at, listOf(readName)).toSorted()),
  );
}

/** Makes a collection; `config` is the body of the call in the server's own words. */
export async function createCollection(
  client: NodeClient,
  collection: string,
  config: Json,
  options: AskOptions = {},
): Promise<void> {
  const doing = `creating the collection ${JSON.stringify(collection)}`;
  const path = ["collections", collection];
  const request = { method: "PUT", path, body: config, doing, ...optionsOf(options) } as const;
  await ask(client, request, readDone);
}

/** Deletes a collection with its aliases; its snapshots' files stay. False: there was none. */
export function deleteCollection(
  client: NodeClient,
  collection: string,
  options: AskOptions = {},
): Promise<boolean> {
  const doing = `deleting the collection ${JSON.stringify(collection)}`;
  const path = ["collections", collection];
  return ask(client, { method: "DELETE", path, doing, ...optionsOf(options) }, readFlag);
}

/** A collection as the whole cluster has it. */
export interface CollectionDetails {
  /** `green`, `yellow` (optimizing), `grey` (optimizations wait), `red` or a later word. */
  readonly status: string;
  /** Why the optimizer failed; null when it is well. */
  readonly optimizerProblem: string | null;
  /** The parameters in the server's own words. */
  readonly config: Json;
  /** The payload indexes in the server's own words. */
  readonly payloadSchema: Json;
}

/** The status and the schema of a collection. `not-found` without it. */
export function collectionDetails(
  client: NodeClient,
  collection: string,
  options: AskOptions = {},
): Promise<CollectionDetails> {
  const doing = `reading the details of ${JSON.stringify(collection)}`;
  const path = ["collections", collection];
  return ask(client, { method: "GET", path, doing, ...optionsOf(options) }, (value, at) =>
    Object.freeze({
      status: field(value, "status", at, readText),
      optimizerProblem: field(value, "optimizer_status", at, optional(readOptimizerProblem)),
      config: field(value, "config", at, optional(readJson)),
      payloadSchema: field(value, "payload_schema", at, optional(readJson)) ?? {},
    }),
  );
}

const readOptimizerProblem: Read<string | null> = (value, at) => {
  if (typeof value === "string") return value === "ok" ? null : value;
  return field(value, "error", at, readText);
};

/** The exact number of points, counted on one active replica of each shard. */
export function countPoints(
  client: NodeClient,
  collection: string,
  options: AskOptions = {},
): Promise<number> {
  const doing = `counting the points of ${JSON.stringify(collection)}`;
  const path = ["collections", collection, "points", "count"];
  const body = { exact: true };
  return ask(
    client,
    { method: "POST", path, body, doing, safe: true, ...optionsOf(options) },
    (value, at) => field(value, "count", at, readCount),
  );
}
