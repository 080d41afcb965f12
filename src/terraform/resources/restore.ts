import type { Desired, DesiredRestore, RestoreSource } from "../../desired/desired.ts";
import { SnapformError } from "../../errors/index.ts";
import type { RestoreRecord } from "../../ledger/state.ts";
import { withheldBecause } from "../../plan/acknowledge.ts";
import type { PlanProblem } from "../../plan/plan.ts";
import { survey as surveyOf } from "../../plan/survey.ts";
import type { ObservedCollection } from "../../snapshot/inventory.ts";
import type { CallContext, Imported } from "../server/definition.ts";
import { errorDiagnostic, type Diagnostic } from "../server/diagnostic.ts";
import type { Path } from "../wire/path.ts";
import { treeOf } from "../wire/value.ts";
import type { ProviderWorld } from "../world.ts";
import { attributesOf } from "./around.ts";
import type { Described, Kind, Sight } from "./kind.ts";
import { isAcknowledged } from "./plan-resource.ts";
import { planDefaults, textAt, withMembers } from "./values.ts";

const TYPE = "snapform_restore";

/** `snapform_restore`. */
export const restore: Kind = Object.freeze({
  type: TYPE,
  word: "restore",
  isNamedByAddress: true,
  outcomes: ["snapshot_id", "restored_at", "restored_collection", "status"],
  fleeting: ["status"],
  clustersOf(desired) {
    const { from, to } = wantedOf(desired);
    // The cluster that was snapshotted need not be declared, nor exist.
    const declared = desired.clusters.some(({ name }) => name === from.cluster);
    return declared && from.cluster !== to.cluster ? [from.cluster, to.cluster] : [to.cluster];
  },
  concernOf(desired) {
    const { from, to } = wantedOf(desired);
    return {
      protectedOf: (on, names) =>
        on === from.cluster && names.has(from.collection) ? [from.collection] : [],
      needsOthers: true,
      targetsOf: (on, collections) =>
        on === to.cluster ? collections.filter((each) => isTarget(each, to)) : [],
      needsLayout: true,
      wanted: JSON.stringify([originOf(from), to.cluster, to.collection, to.alias]),
      isEnoughWhole: false,
    };
  },
  planOptions: () => ({}),
  describe,
  pathOf: ({ code }: PlanProblem): Path => (code === "not-found" ? ["from"] : ["to"]),
  check: (value) => (textAt(value, "on_destroy") === "delete" ? [refuseDelete()] : []),
  isOver: true,
  refuseDelete,
  takenUp({ snapshot_id: id, restored_at: at, status }) {
    if (typeof id !== "string" || status !== "done") return null;
    const detail =
      `${id} was restored at ${String(at)}, as it is wished here, so nothing was restored now. ` +
      "Apply with `-replace` of this resource, and without `create_before_destroy`, to restore " +
      "again.";
    return { severity: "warning", summary: "The restore had been done already", detail };
  },
  import: importRestore,
} satisfies Kind);

function refuseDelete(): Diagnostic {
  const detail =
    'No engine of this version deletes a collection. Set `on_destroy = "keep"`, and drop the ' +
    "collection yourself when the resource is gone.";
  return errorDiagnostic("Restored data cannot be deleted", detail, ["on_destroy"]);
}

function wantedOf(desired: Desired): DesiredRestore {
  const [wanted] = desired.restores;
  // A configuration of one resource has that one.
  return wanted as DesiredRestore;
}

function isTarget({ name, aliases }: ObservedCollection, to: DesiredRestore["to"]): boolean {
  // Dated collections behind an alias begin with the name of the target.
  return name.startsWith(to.collection) || name === to.alias || aliases.length > 0;
}

/** Where the snapshot is looked for, whichever of them it is. */
function originOf(from: RestoreSource): readonly string[] {
  const name = { policy: "", snapshot: "", repository: "", ...from };
  return [from.kind, name.policy, name.snapshot, name.repository, from.cluster, from.collection];
}

function describe(sight: Sight): Described {
  const { desired, view } = sight;
  const { inventory, state } = view;
  const { project, moved } = desired;
  const survey = surveyOf({ project, inventory, state, now: new Date(view.at), moved });
  const wanted = wantedOf(desired);
  const address = `restore.${wanted.name}`;
  const record = survey.state?.restores[address];
  return {
    id: address,
    snapshot_id: record?.snapshotId ?? null,
    restored_at: record?.at ?? null,
    restored_collection: record?.collection ?? null,
    status: statusOf(sight, wanted, record),
  };
}

function statusOf(
  { view, plan, before }: Sight,
  { to }: DesiredRestore,
  record: RestoreRecord | undefined,
): string {
  const cluster = view.inventory.clusters.find(({ name }) => name === to.cluster);
  if (cluster?.reachable !== true) return "unknown";
  if (plan.diagnostics.some(({ code }) => code === "restore-lost")) return "lost";
  const isAllowed = isAcknowledged(plan, before);
  if (plan.actions.some((each) => withheldBecause(each, isAllowed) !== null)) return "withheld";
  return record === undefined || plan.problems.length > 0 ? "incomplete" : "done";
}

/** Takes up a restore by its name or address, as far as it was recorded when it was done. */
async function importRestore(
  { configured: world, signal }: CallContext<ProviderWorld>,
  id: string,
): Promise<Imported> {
  const name = id.startsWith("restore.") ? id.slice("restore.".length) : id;
  const address = `restore.${name}`;
  const { state } = await world.look(world.desired, signal);
  const record = state.restores[address];
  if (record === undefined) {
    throw new SnapformError("not-found", `no restore ${address} is recorded`, {
      hint: "Import by the name of the restore. One that was never done is simply created.",
    });
  }
  const stub = withMembers(treeOf([]), { name, id: address, to: targetOf(record) });
  return { state: planDefaults(attributesOf({ type: TYPE }), stub, stub) };
}

function targetOf({ cluster, collection, alias, procedure }: RestoreRecord): object {
  const place = { aliases: null, keep_replaced: null, cluster };
  if (alias !== null) {
    const undated = collection.replace(/__\d{8}_\d{6}$/, "");
    return { ...place, collection: undated, if_exists: "alias", alias };
  }
  const ifExists = procedure === "new" ? "fail" : "replace";
  return { ...place, collection, if_exists: ifExists, alias: null };
}
