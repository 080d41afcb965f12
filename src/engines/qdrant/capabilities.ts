// Engine `qdrant`: clusters of Qdrant servers, each asked at its own REST address. A snapshot is a
// set of files, one per node that holds shards, which the servers make and name; what they do not
// keep with them lies in `details`. May know the engine contract, the words and the network.
// Invariant: only files that a caller names, or that carry a run's own name, are ever deleted; and
// what could not be asked is unknown, never gone.
import type { Capabilities } from "../../snapshot/capabilities.ts";

/** What Qdrant can do. Collections have no id, so a name is all that tells them apart. */
export const QDRANT_CAPABILITIES: Capabilities = Object.freeze({
  engine: "qdrant",
  create: "native",
  scope: "collection",
  copyOut: true,
  idempotentCreate: false,
  survivesClusterLoss: false,
  tellsCollectionsApart: false,
  restore: Object.freeze({
    newCollection: true,
    isExclusive: false,
    inPlace: false,
    overwrite: true,
    alias: true,
  }),
  // What the servers take in the path of an upload; a path has no segment of dots only.
  targetNames: Object.freeze({
    pattern: String.raw`^(?!\.{1,2}$)[^<>:"/\\|?*\u0000\u001f]{1,255}$`,
    rule: 'must have 1 to 255 characters and none of < > : " / \\ | ? *',
  }),
  pin: "own",
  checks: Object.freeze(["hashes", "count"] as const),
  concurrency: 4,
});
