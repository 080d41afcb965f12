import type { Action } from "../plan/action.ts";
import type { Outcome } from "./events.ts";

/** How many actions run at once over all clusters. */
const OVERALL_LIMIT = 8;

export interface WalkOptions {
  readonly signal: AbortSignal;
  /** How many actions may run at once on a cluster. */
  limitOf(cluster: string): number;
  /** An outcome that is known beforehand, or null. */
  decide(action: Action): Outcome | null;
  /** Carries an action out; what it throws stops the walk. */
  perform(action: Action): Promise<Outcome>;
  finished(action: Action, outcome: Outcome): void;
}

interface Walk {
  readonly actions: readonly Action[];
  readonly options: WalkOptions;
  readonly outcomes: Map<string, Outcome>;
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly busyCollections: Set<string>;
  readonly busyClusters: Map<string, number>;
  running: number;
}

function keyOf(action: Action): string {
  return JSON.stringify([action.cluster, action.collection]);
}

function isGood(outcome: Outcome | undefined): boolean {
  return outcome?.status === "done" || outcome?.status === "satisfied";
}

/**
 * What each action waits for. An expire also waits for everything that makes or copies a snapshot
 * of its collection, and for every restore that reads the snapshot that it would remove.
 */
function needsOf(actions: readonly Action[]): ReadonlyMap<string, readonly string[]> {
  const makers = new Map<string, string[]>();
  const readers = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, key: string, id: string): void => {
    const list = map.get(key);
    if (list) list.push(id);
    else map.set(key, [id]);
  };
  for (const action of actions) {
    if (action.kind === "create" || action.kind === "copy") add(makers, keyOf(action), action.id);
    if (action.kind === "restore") add(readers, action.snapshotId, action.id);
  }
  const known = new Set(actions.map((action) => action.id));
  return new Map(
    actions.map((action) => {
      const own = action.dependsOn.filter((id) => known.has(id));
      if (action.kind !== "expire") return [action.id, own];
      const made = makers.get(keyOf(action)) ?? [];
      const read = readers.get(action.snapshotId) ?? [];
      return [action.id, [...new Set([...own, ...made, ...read])]];
    }),
  );
}

/**
 * Walks actions as their dependencies allow: independent collections in parallel, one action at a
 * time on each, expires after everything else. Gives the outcome of each action that was begun or
 * decided; after a cancellation the others have none.
 */
export async function walk(
  actions: readonly Action[],
  options: WalkOptions,
): Promise<ReadonlyMap<string, Outcome>> {
  const state: Walk = {
    actions,
    options,
    outcomes: new Map(),
    needs: needsOf(actions),
    busyCollections: new Set(),
    busyClusters: new Map(),
    running: 0,
  };
  const isLast = (action: Action): boolean => action.kind === "expire";
  await drain(
    state,
    actions.filter((action) => !isLast(action)),
  );
  await drain(state, actions.filter(isLast));
  return state.outcomes;
}

/** Runs a phase to its end; rejects with the first thing that an action threw. */
function drain(walk: Walk, phase: readonly Action[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let waiting: Action[] = [...phase];
    let broken: { readonly error: unknown } | null = null;
    const pump = (): void => {
      if (broken === null && !walk.options.signal.aborted) {
        waiting = waiting.filter((action) => !advance(walk, action, settled));
      }
      if (walk.running > 0) return;
      if (broken !== null) reject(broken.error as Error);
      else if (waiting.length === 0 || walk.options.signal.aborted) resolve();
    };
    const settled = (error?: unknown): void => {
      if (error !== undefined) broken ??= { error };
      pump();
    };
    pump();
  });
}

/** Decides or starts an action; false when it has to wait. */
function advance(walk: Walk, action: Action, settled: (error?: unknown) => void): boolean {
  const { options, outcomes } = walk;
  const known = options.decide(action) ?? blocked(walk, action);
  if (known === "wait") return false;
  if (known !== null) {
    outcomes.set(action.id, known);
    options.finished(action, known);
    return true;
  }
  if (!hasRoom(walk, action)) return false;
  occupy(walk, action, 1);
  options.perform(action).then(
    (outcome) => {
      occupy(walk, action, -1);
      outcomes.set(action.id, outcome);
      options.finished(action, outcome);
      settled();
    },
    (error: unknown) => {
      occupy(walk, action, -1);
      settled(error ?? new Error("an action failed without a reason"));
    },
  );
  return true;
}

function blocked(walk: Walk, action: Action): Outcome | "wait" | null {
  for (const id of walk.needs.get(action.id) ?? []) {
    const outcome = walk.outcomes.get(id);
    if (outcome === undefined) return "wait";
    if (!isGood(outcome)) return { status: "skipped", why: `${id} was not done` };
  }
  return null;
}

function hasRoom(walk: Walk, action: Action): boolean {
  if (walk.running >= OVERALL_LIMIT) return false;
  if (walk.busyCollections.has(keyOf(action))) return false;
  const busy = walk.busyClusters.get(action.cluster) ?? 0;
  return busy < Math.max(1, walk.options.limitOf(action.cluster));
}

function occupy(walk: Walk, action: Action, by: 1 | -1): void {
  walk.running += by;
  walk.busyClusters.set(action.cluster, (walk.busyClusters.get(action.cluster) ?? 0) + by);
  if (by > 0) walk.busyCollections.add(keyOf(action));
  else walk.busyCollections.delete(keyOf(action));
}
