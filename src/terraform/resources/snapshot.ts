import type { Desired, DesiredSnapshot } from "../../desired/desired.ts";
import { SnapformError } from "../../errors/index.ts";
import type { PlanProblem } from "../../plan/plan.ts";
import { survey as surveyOf } from "../../plan/survey.ts";
import {
  byNewest,
  copyAt,
  isComplete,
  repositoryOf,
  repositoryPlace,
  type Snapshot,
} from "../../snapshot/snapshot.ts";
import type { CallContext, Imported } from "../server/definition.ts";
import type { Path } from "../wire/path.ts";
import { treeOf } from "../wire/value.ts";
import type { ProviderWorld } from "../world.ts";
import { attributesOf } from "./around.ts";
import type { Described, Kind, Sight } from "./kind.ts";
import { planDefaults, withMembers } from "./values.ts";

const TYPE = "snapform_snapshot";

/** `snapform_snapshot`. */
export const snapshot: Kind = Object.freeze({
  type: TYPE,
  word: "snapshot",
  isNamedByAddress: false,
  outcomes: ["id", "started_at", "finished_at", "bytes", "places", "status"],
  fleeting: ["places", "status"],
  clustersOf: (desired) => desired.snapshots.map(({ cluster }) => cluster),
  concernOf(desired) {
    const { cluster, collection } = wantedOf(desired);
    return {
      protectedOf: (on, names) => (on === cluster && names.has(collection) ? [collection] : []),
      needsOthers: false,
      targetsOf: () => [],
      needsLayout: false,
      wanted: JSON.stringify([cluster, collection]),
      isEnoughWhole: false,
    };
  },
  planOptions: () => ({}),
  describe,
  pathOf: ({ code }: PlanProblem): Path => (code === "not-found" ? ["collection"] : ["cluster"]),
  isOver: true,
  takenUp(described) {
    const { id, started_at: at } = described;
    if (typeof id !== "string") return null;
    const detail =
      `${id}, taken at ${String(at)}, belongs to this name already, so nothing was taken now. ` +
      "Apply with `-replace` of this resource, and without `create_before_destroy`, to take " +
      "another one.";
    return { severity: "warning", summary: "The snapshot was there already", detail };
  },
  import: importSnapshot,
} satisfies Kind);

function wantedOf(desired: Desired): DesiredSnapshot {
  const [wanted] = desired.snapshots;
  // A configuration of one resource has that one.
  return wanted as DesiredSnapshot;
}

function describe({ desired, view }: Sight): Described {
  const wanted = wantedOf(desired);
  const { inventory, state } = view;
  const { project, moved } = desired;
  const survey = surveyOf({ project, inventory, state, now: new Date(view.at), moved });
  const address = `snapshot.${wanted.name}`;
  const taken = survey.state?.taken[address];
  const its = inventory.snapshots
    .filter((each) => survey.addressOf(each) === address || each.id === taken?.snapshotId)
    .toSorted(byNewest);
  const found = its.find(isComplete) ?? its.find(({ id }) => id === taken?.snapshotId) ?? its[0];
  const places = found?.copies.filter(({ status }) => status === "complete") ?? [];
  return {
    id: found?.id ?? taken?.snapshotId ?? null,
    started_at: found?.startedAt ?? taken?.at ?? null,
    finished_at: found?.finishedAt ?? null,
    bytes: found?.bytes ?? null,
    places: places.map(({ place }) => place).sort(),
    status: statusOf(wanted, found, { isSeen: isSeen(wanted, inventory), isTaken: !!taken }),
  };
}

function isSeen(
  { cluster, repository }: DesiredSnapshot,
  { clusters, repositories }: Sight["view"]["inventory"],
): boolean {
  const stored = repositories.find(({ name }) => name === repository)?.status ?? "ok";
  const isReachable = clusters.find(({ name }) => name === cluster)?.reachable === true;
  return isReachable && (stored === "ok" || stored === "new");
}

function statusOf(
  { repository }: DesiredSnapshot,
  found: Snapshot | undefined,
  { isSeen: isAllSeen, isTaken }: { readonly isSeen: boolean; readonly isTaken: boolean },
): string {
  const has = (status: string): boolean => !!found?.copies.some((each) => each.status === status);
  if (found !== undefined && isComplete(found)) {
    const isThere = repository === null || copyAt(found, repositoryPlace(repository));
    return isThere ? "complete" : "incomplete";
  }
  if (!isAllSeen || has("unknown") || has("unreachable")) return "unknown";
  if (has("damaged")) return "damaged";
  return isTaken && found === undefined ? "lost" : "incomplete";
}

/** Takes up a snapshot by `CLUSTER/COLLECTION/ID` or its id; it is adopted by the next apply. */
async function importSnapshot(
  { configured: world, signal }: CallContext<ProviderWorld>,
  text: string,
): Promise<Imported> {
  const { inventory, state } = await world.look(world.desired, signal);
  const found = inventory.snapshots.filter(({ id, cluster, collection }) => {
    return text === id || text === `${cluster}/${collection}/${id}`;
  });
  const [only, other] = found;
  if (only === undefined || other !== undefined) {
    const many = `${text} is the id of several: ${found.map(nameOf).join(", ")}`;
    throw new SnapformError("not-found", only ? many : `there is no snapshot ${text}`, {
      hint: "Import by CLUSTER/COLLECTION/ID, as the data source `snapform_snapshots` has them.",
    });
  }
  const { id, cluster, collection, description, owner } = only;
  const isOurs = owner?.project === world.desired.project;
  const address = state.snapshots[id]?.address ?? (isOurs ? owner.address : "");
  const name = address.startsWith("snapshot.") ? address.slice("snapshot.".length) : null;
  const repository = storedIn(only);
  const known = { id, cluster, collection, description, repository, ...(name && { name }) };
  const stub = withMembers(treeOf([]), known);
  return { state: planDefaults(attributesOf({ type: TYPE }), stub, stub) };
}

/** The repository that a configuration of it would name; left out it could mean another one. */
function storedIn({ copies }: Snapshot): string | null {
  const whole = copies.filter(({ status }) => status === "complete");
  const names = whole.map(({ place }) => repositoryOf(place)).filter((name) => name !== null);
  return names.sort()[0] ?? null;
}

function nameOf({ cluster, collection, id }: Snapshot): string {
  return `${cluster}/${collection}/${id}`;
}
