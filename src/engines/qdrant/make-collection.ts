import { isSnapformError, type SnapformError } from "../../errors/index.ts";
import type { Json } from "../../snapshot/json.ts";
import { createCollection } from "./api/collections.ts";
import { createShardKey } from "./api/shard-keys.ts";
import { memberOf } from "./collection-layout.ts";
import { markerAlias } from "./marks.ts";
import { addIndexes } from "./restore-indexes.ts";
import type { RestoreRun } from "./restore-run.ts";
import { waitForReplicas } from "./restore-wait.ts";
import { askAny } from "./ask-any.ts";
import { lookAtNames, requireFree, pointAlias } from "./run-marks.ts";

/** Members of a collection's parameters that are given under the same names when it is made. */
const PARAMETERS = [
  "vectors",
  "sparse_vectors",
  "shard_number",
  "sharding_method",
  "replication_factor",
  "write_consistency_factor",
  "on_disk_payload",
] as const;

/** What a collection tells of its configuration, and how the same is called when it is made. */
const SETTINGS = [
  ["hnsw_config", "hnsw_config"],
  ["optimizer_config", "optimizers_config"],
  ["wal_config", "wal_config"],
  ["quantization_config", "quantization_config"],
  ["strict_mode_config", "strict_mode_config"],
  ["metadata", "metadata"],
] as const;

/**
 * Makes the collection that the snapshot is of, empty and marked as the run's. A server would make
 * it from the first file by itself; but only who makes it in one step knows that nobody else did,
 * the server loses the shard keys, and when it appears nobody can mark it in time. Gives false,
 * with a note, where the servers refuse to make one of this configuration and could make it by
 * themselves.
 *
 * @throws SnapformError `already-exists` when the name is taken
 */
export async function makeCollection(
  run: RestoreRun,
  collection: string,
  config: Json,
): Promise<boolean> {
  const { setting, request, source, context } = run;
  const { signal } = context;
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  const body = creationOf(config);
  await run.remember({ isMaking: true });
  try {
    await askAny(setting.nodes, ({ client }) =>
      createCollection(client, collection, body, options),
    );
  } catch (error) {
    if (!isSnapformError(error) || error.outcomeUnknown) throw error;
    // Where the servers refused, whatever bears that name is somebody else's.
    await run.remember({ isMaking: false });
    if (!isOfConfig(error) || source.layout?.sharding !== "auto") throw error;
    // Older servers say in the same way that there is one.
    requireFree(await lookAtNames(setting, signal), collection);
    run.note(
      "The servers refused to make a collection of the recorded configuration, so it was made by " +
        `them from the snapshot itself: ${error.message}.`,
    );
    return false;
  }
  await pointAlias(setting, markerAlias(request.runId), collection, signal);
  await run.remember({ isMaking: false });
  for (const key of source.layout?.shardKeys ?? []) {
    await askAny(setting.nodes, ({ client }) =>
      createShardKey(client, collection, key, {}, options),
    );
  }
  await addIndexes(setting, collection, source.expected.payloadSchema, signal);
  await waitForReplicas(setting, collection, context);
  return true;
}

/** True for a refusal of what was asked for: 400 and 422. */
function isOfConfig({ code }: SnapformError): boolean {
  return code === "invalid-argument";
}

/** The body of the call that makes a collection of this configuration. */
function creationOf(config: Json): Json {
  const params = memberOf(config, "params");
  const members = [
    ...PARAMETERS.map((name) => [name, memberOf(params, name)] as const),
    ...SETTINGS.map(([told, given]) => [given, memberOf(config, told)] as const),
  ];
  return Object.fromEntries(members.filter(([, value]) => value !== null));
}
