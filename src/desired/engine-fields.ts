/** Which fields of a cluster an engine needs, and which it accepts beside them. */
export interface EngineFields {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const network = ["caFile", "timeout", "concurrency"] as const;

/** The fields of each engine. `memory` is for tests and is not offered to users. */
export const ENGINE_FIELDS: Readonly<Record<string, EngineFields>> = Object.freeze({
  lancedb: { required: ["uri"], optional: ["concurrency"] },
  memory: { required: [], optional: ["uri", "concurrency"] },
  milvus: { required: ["address"], optional: ["token", "username", "password", ...network] },
  qdrant: { required: ["nodes"], optional: ["apiKey", "token", ...network] },
  zilliz: {
    required: ["address", "apiKey"],
    optional: ["token", "username", "password", ...network],
  },
});

/** The engines that a user can choose. */
export const ENGINE_NAMES: readonly string[] = Object.freeze(
  Object.keys(ENGINE_FIELDS).filter((engine) => engine !== "memory"),
);

/** The engines that this version can work with; the others can be declared and checked. */
export const USABLE_ENGINES: readonly string[] = Object.freeze(["lancedb", "memory", "qdrant"]);
