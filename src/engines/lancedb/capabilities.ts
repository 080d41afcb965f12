// LanceDB, embedded: tables are folders of immutable files, so a snapshot is the list of files that
// one version names, held still by hard links while a repository takes them. May know the engine
// contract and the words, and the file system below the cluster's folder; the native library is
// loaded lazily and only where nothing else will do. Invariant: a file that LanceDB wrote is never
// changed or replaced, and whatever is built lives in `.snapform-*` folders until it is whole.
import type { Capabilities } from "../../snapshot/capabilities.ts";

/** What snapshots and restores of LanceDB tables can do. */
export const LANCEDB_CAPABILITIES: Capabilities = Object.freeze({
  engine: "lancedb",
  create: "capture",
  scope: "collection",
  copyOut: false,
  idempotentCreate: true,
  survivesClusterLoss: false,
  tellsCollectionsApart: true,
  restore: Object.freeze({
    newCollection: true,
    isExclusive: true,
    inPlace: true,
    overwrite: true,
    alias: false,
  }),
  pin: "own",
  checks: Object.freeze(["hashes", "count", "deep"] as const),
  concurrency: 4,
});
