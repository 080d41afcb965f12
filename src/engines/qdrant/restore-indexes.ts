import { SnapformError } from "../../errors/index.ts";
import type { Json } from "../../snapshot/json.ts";
import { ask } from "./api/ask.ts";
import { collectionDetails } from "./api/collections.ts";
import { canonicalJson } from "../../plan/canonical-json.ts";
import { indexesOf, isIndexLike } from "./check.ts";
import { askAny } from "./ask-any.ts";
import type { QdrantSetting } from "./setting.ts";

/** Refuses a target of which a payload index is of another kind: a restore leaves indexes alone. */
export function requireIndexesFit(target: string, live: Json, wanted: Json): void {
  const actual = indexesOf(live);
  for (const [name, index] of indexesOf(wanted)) {
    const found = actual.get(name);
    if (found === undefined || isIndexLike(found, index)) continue;
    const text =
      `the payload field ${JSON.stringify(name)} of collection ${JSON.stringify(target)} is ` +
      `indexed as ${canonicalJson(found)}, and in the snapshot as ${canonicalJson(index)}`;
    throw new SnapformError("failed-precondition", text, {
      hint: "Delete that index first, or restore under another name.",
    });
  }
}

/**
 * Makes the payload indexes that the snapshot has and the collection lacks: a server makes them
 * only where it makes the collection.
 */
export async function addIndexes(
  setting: QdrantSetting,
  collection: string,
  wanted: Json,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  const { payloadSchema } = await askAny(setting.nodes, ({ client }) =>
    collectionDetails(client, collection, options),
  );
  const present = indexesOf(payloadSchema);
  for (const name of indexesOf(wanted).keys()) {
    if (present.has(name)) continue;
    const { data_type: type, params } = (wanted as IndexMap)[name] ?? {};
    const doing = `indexing the field ${JSON.stringify(name)} of ${JSON.stringify(collection)}`;
    const path = ["collections", collection, "index"];
    const body = { field_name: name, field_schema: params ?? type ?? null };
    const query = { wait: true };
    // The same index again is the same index.
    const request = { method: "PUT", path, query, body, doing, safe: true, signal } as const;
    const timeoutMs = setting.timeouts.workMs;
    await askAny(setting.nodes, ({ client }) =>
      ask(client, { ...request, timeoutMs }, (value) => value),
    );
  }
}

type IndexMap = Readonly<Record<string, Readonly<Record<string, Json>>>>;
