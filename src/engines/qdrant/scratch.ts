import type { Json } from "../../snapshot/json.ts";
import { createCollection, collectionDetails } from "./api/collections.ts";
import { createShardKey } from "./api/shard-keys.ts";
import { memberOf } from "./collection-layout.ts";
import { markerAlias } from "./marks.ts";
import type { RestoreRun } from "./restore-run.ts";
import { askAny, setMark } from "./run-marks.ts";

/** Members of a collection's parameters that are given under the same names when it is made. */
const GIVEN = [
  "vectors",
  "sparse_vectors",
  "shard_number",
  "sharding_method",
  "replication_factor",
  "write_consistency_factor",
  "on_disk_payload",
];

/**
 * Makes an empty collection beside a target with custom sharding, with the parameters of the target
 * and its shard keys in their order. A server that makes it from a snapshot makes none of the keys,
 * and loses the points without a word.
 */
export async function prepareScratch(run: RestoreRun, scratch: string): Promise<void> {
  const { setting, request, source, context } = run;
  const { signal } = context;
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  const { config } = await askAny(setting, ({ client }) =>
    collectionDetails(client, request.target, options),
  );
  const params = memberOf(config, "params");
  const given = GIVEN.map((name) => [name, memberOf(params, name)] as const);
  const body: Json = Object.fromEntries(given.filter(([, value]) => value !== null));
  await askAny(setting, ({ client }) => createCollection(client, scratch, body, options));
  await setMark(setting, markerAlias(request.runId), scratch, signal);
  for (const key of source.layout?.shardKeys ?? []) {
    await askAny(setting, ({ client }) => createShardKey(client, scratch, key, {}, options));
  }
}
