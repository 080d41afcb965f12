import { survey as surveyOf, type Survey } from "../../plan/survey.ts";
import { isComplete, type Snapshot } from "../../snapshot/snapshot.ts";
import type { Seen } from "../../workspace/shared-workspace.ts";

/** What was seen, indexed once for all resources that ask. */
export interface Outline {
  readonly survey: Survey;
  /**
   * What every resource has to know of a collection's snapshots, whoever made them: from when to
   * when it can be restored, and how many points it had over time. Newest first.
   */
  essentials(cluster: string, collection: string): readonly Snapshot[];
}

const outlines = new WeakMap<Seen, Outline>();

export function outlineOf(seen: Seen, project: string): Outline {
  const known = outlines.get(seen);
  if (known) return known;
  const { inventory, state } = seen;
  const now = new Date(inventory.observedAt);
  const survey = surveyOf({ project, inventory, state, now, moved: [] });
  const essentials = new Map<string, readonly Snapshot[]>();
  const outline: Outline = {
    survey,
    essentials(cluster, collection) {
      const key = JSON.stringify([cluster, collection]);
      const found = essentials.get(key) ?? essentialsOf(survey, cluster, collection);
      essentials.set(key, found);
      return found;
    },
  };
  outlines.set(seen, outline);
  return outline;
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
