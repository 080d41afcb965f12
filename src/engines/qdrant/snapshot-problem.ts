import { SnapformError, type ErrorCode } from "../../errors/index.ts";
import type { Problem } from "../../snapshot/inventory.ts";
import { accessOf } from "./access.ts";
import type { Alias } from "./api/aliases.ts";
import type { CollectionDetails } from "./api/collections.ts";
import type { Placement } from "./api/placement.ts";
import { missingInWords, type Coverage } from "./coverage.ts";
import { restoredCollections } from "./restored-collections.ts";
import type { QdrantSetting } from "./setting.ts";

/** Why a collection cannot be snapshotted now. */
export interface SnapshotProblem extends Problem {
  readonly code: ErrorCode;
  /** True when it may pass without anybody doing anything. */
  readonly passes: boolean;
}

/** What was seen of a collection. */
export interface SeenCollection {
  readonly name: string;
  readonly details: CollectionDetails;
  readonly placement: Placement;
  readonly coverage: Coverage;
  /** All aliases of the cluster. */
  readonly aliases: readonly Alias[];
}

/** The first reason why a snapshot of the collection would not be made, or not be whole. */
export function snapshotProblem(
  setting: QdrantSetting,
  { name, details, placement, coverage, aliases }: SeenCollection,
): SnapshotProblem | null {
  const where = `cluster ${setting.cluster}: collection ${JSON.stringify(name)}`;
  const forbidden = createForbidden(setting, name);
  if (forbidden !== null) {
    const message = `${where}: no snapshot may be taken: ${forbidden}`;
    return { code: "permission-denied", message, passes: false };
  }
  if (restoredCollections(aliases).isUnfinished(name)) {
    const message = `${where}: a restore into it is under way, or was interrupted`;
    return { code: "unavailable", message, passes: true };
  }
  if (details.status === "red") {
    const why = details.optimizerProblem ?? "the server does not say why";
    const message = `${where} is broken, its status is red: ${why}`;
    return { code: "failed-precondition", message, passes: false };
  }
  const [transfer] = placement.transfers;
  if (transfer !== undefined || placement.isResharding) {
    const what = transfer ? `shard ${transfer.shardId} is being transferred` : "it is resharded";
    const message = `${where}: ${what}; a snapshot can be taken when that is over`;
    return { code: "unavailable", message, passes: true };
  }
  if (coverage.missing.length === 0) return null;
  const passes = coverage.missing.every((shard) => shard.passes);
  const message = `${where}: no node that answers has a whole replica of ${missingInWords(
    coverage.missing,
  )}`;
  return { code: passes ? "unavailable" : "failed-precondition", message, passes };
}

/** The problem as the error of whoever goes on in spite of it. */
export function problemError({ code, message, passes }: SnapshotProblem): SnapformError {
  return new SnapformError(code, message, { retryable: passes });
}

/** Known from the key alone; null where only the server can tell. */
function createForbidden({ nodes, clock }: QdrantSetting, collection: string): string | null {
  for (const { credential } of nodes) {
    if (credential === null) continue;
    const access = accessOf(credential, clock.now());
    if (access.createIn(collection) !== "no") continue;
    const isPart = access.restore === "no" && access.create !== "no";
    return isPart
      ? "the token of the cluster does not give the right rw on it"
      : (access.reason ?? "the token of the cluster only reads");
  }
  return null;
}
