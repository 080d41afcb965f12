import type { Action, ExpireAction } from "./action.ts";
import { breakExpires, withHazards } from "./breaker.ts";
import { isHeld } from "./hazard.ts";
import type { Survey } from "./survey.ts";

interface Group {
  readonly expires: ExpireAction[];
  /** What makes or copies snapshots, unless somebody has to acknowledge it first. */
  readonly makers: string[];
  creates: number;
}

/**
 * The rules over everything that one run does to a collection, whichever resource asks: nothing of
 * it expires before all of its snapshots are made, while any of its runs cannot be made, before a
 * restore has read what would go, or (the breaker) when too much would go at once.
 *
 * @param uncovered for each cluster the collections with a run that is due and not planned
 */
export function settleCollections(
  actions: readonly Action[],
  survey: Survey,
  uncovered: ReadonlyMap<string, ReadonlySet<string>>,
): Action[] {
  const groups = groupsOf(actions);
  const readers = readersOf(actions);
  const settled: Action[] = actions.filter(({ kind }) => kind !== "expire");
  for (const { expires, makers, creates } of groups.values()) {
    const [first] = expires;
    if (!first) continue;
    const { cluster, collection } = first;
    const isUncovered = uncovered.get(cluster)?.has(collection) ?? false;
    const waiting = withHazards(expires, isUncovered ? ["run-uncovered"] : []);
    const existing = survey.ourCount(cluster, collection);
    const broken = breakExpires(waiting, { creates, existing, changedRule: NONE });
    makers.sort();
    for (const expire of broken) settled.push(withNeeds(expire, makers, readers));
  }
  return settled;
}

const NONE: ReadonlySet<string> = new Set();

function withNeeds(
  expire: ExpireAction,
  makers: readonly string[],
  readers: ReadonlyMap<string, readonly string[]>,
): ExpireAction {
  const read = readers.get(expire.snapshotId);
  if (read) return { ...expire, dependsOn: [...makers, ...read.toSorted()] };
  // Its own needs are among them: as many are the same ones.
  return expire.dependsOn.length === makers.length ? expire : { ...expire, dependsOn: makers };
}

function groupsOf(actions: readonly Action[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const action of actions) {
    if (action.kind === "restore") continue;
    const key = JSON.stringify([action.cluster, action.collection]);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { expires: [], makers: [], creates: 0 }));
    if (action.kind === "expire") group.expires.push(action);
    else if (!isHeld(action)) {
      group.makers.push(action.id);
      if (action.kind === "create") group.creates += 1;
    }
  }
  return groups;
}

/** By snapshot id, the restores that read it. */
function readersOf(actions: readonly Action[]): ReadonlyMap<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const { kind, snapshotId, id } of actions) {
    if (kind !== "restore") continue;
    const list = readers.get(snapshotId);
    if (list) list.push(id);
    else readers.set(snapshotId, [id]);
  }
  return readers;
}
