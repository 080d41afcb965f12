import { resourceOf } from "../../address/address.ts";
import type { State } from "../../ledger/state.ts";
import { survey as surveyOf, type Survey } from "../../plan/survey.ts";
import { isComplete, type Snapshot, type TrashedSnapshot } from "../../snapshot/snapshot.ts";
import type { Seen } from "../../workspace/shared-workspace.ts";

/** What was seen, indexed once for all resources that ask. */
export interface Outline {
  readonly survey: Survey;
  /**
   * What every resource has to know of a collection's snapshots, whoever made them: from when to
   * when it can be restored, and how many points it had over time. Newest first.
   */
  essentials(cluster: string, collection: string): readonly Snapshot[];
  /** The names of a cluster's collections. */
  namesIn(cluster: string): ReadonlySet<string>;
  /** Where in the list of a cluster's collections each of them stands. */
  positionsIn(cluster: string): ReadonlyMap<string, number>;
  /** What was expired of what a resource had. */
  trashOf(address: string): readonly TrashedSnapshot[];
  /** What the state records of some resources. */
  recordsOf<T extends Table>(table: T, addresses: ReadonlySet<string>): State[T];
}

/** Tables whose keys are addresses of resources, or of collections within them. */
type Table = "policies" | "restores" | "runs" | "taken";

const outlines = new WeakMap<Seen, Outline>();

export function outlineOf(seen: Seen, project: string): Outline {
  const known = outlines.get(seen);
  if (known) return known;
  const { inventory, state } = seen;
  const now = new Date(inventory.observedAt);
  const survey = surveyOf({ project, inventory, state, now, moved: [] });
  const essentials = new Map<string, readonly Snapshot[]>();
  const positions = new Map(
    inventory.clusters.map(({ name, collections }) => {
      return [name, new Map(collections.map((each, index) => [each.name, index]))];
    }),
  );
  const names = new Map([...positions].map(([name, each]) => [name, new Set(each.keys())]));
  const trash = Map.groupBy(inventory.trash, ({ owner }) => owner?.address);
  const outline: Outline = {
    survey,
    essentials(cluster, collection) {
      const key = JSON.stringify([cluster, collection]);
      const found = essentials.get(key) ?? essentialsOf(survey, cluster, collection);
      essentials.set(key, found);
      return found;
    },
    namesIn: (cluster) => names.get(cluster) ?? new Set(),
    positionsIn: (cluster) => positions.get(cluster) ?? new Map(),
    trashOf: (address) => trash.get(address) ?? [],
    recordsOf: recordsIn(state),
  };
  outlines.set(seen, outline);
  return outline;
}

function recordsIn(state: State): Outline["recordsOf"] {
  const byResource = (table: Table): ReadonlyMap<string, [string, unknown][]> =>
    Map.groupBy(Object.entries<unknown>(state[table]), ([key]) => resourceOf(key));
  const tables: Readonly<Record<Table, ReadonlyMap<string, [string, unknown][]>>> = {
    policies: byResource("policies"),
    restores: byResource("restores"),
    runs: byResource("runs"),
    taken: byResource("taken"),
  };
  return <T extends Table>(table: T, addresses: ReadonlySet<string>): State[T] => {
    const records = [...addresses].flatMap((each) => tables[table].get(each) ?? []);
    return Object.fromEntries(records) as State[T];
  };
}

function essentialsOf(survey: Survey, cluster: string, collection: string): readonly Snapshot[] {
  const present = survey.snapshotsOf(cluster, collection);
  const whole = present.filter(isComplete);
  const history = survey.historyOf(cluster, collection);
  const kept = new Set([whole[0], whole.at(-1), survey.newestOurs(cluster, collection)]);
  for (const [index, each] of history.entries()) {
    // In a row of snapshots of one size only the ends tell anything of a fall.
    if (!isSameSize(each, history[index - 1]) || !isSameSize(each, history[index + 1])) {
      kept.add(each);
    }
  }
  return present.filter((snapshot) => kept.has(snapshot));
}

function isSameSize(a: Snapshot, b: Snapshot | undefined): boolean {
  return b !== undefined && JSON.stringify(a.points) === JSON.stringify(b.points);
}
