import { assert } from "../errors/index.ts";
import type { Action } from "../plan/action.ts";
import type { Outcome } from "./events.ts";
import { needsOf, type Needs } from "./needs.ts";

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
  readonly options: WalkOptions;
  readonly outcomes: Map<string, Outcome>;
  readonly needs: ReadonlyMap<string, Needs>;
  readonly busyCollections: Set<string>;
  readonly busyClusters: Map<string, number>;
  running: number;
}

type Settled = (error?: unknown) => void;

function keyOf(action: Action): string {
  return JSON.stringify([action.cluster, action.collection]);
}

function isGood(outcome: Outcome): boolean {
  return outcome.status === "done" || outcome.status === "satisfied";
}

/**
 * Walks actions as their dependencies allow: independent collections in parallel, one action at a
 * time on each, expires after everything else and side by side. Gives the outcome of each action
 * that was begun or decided; after a cancellation the others have none.
 *
 * @throws what an action or a listener threw, once everything that was begun has ended
 */
export async function walk(
  actions: readonly Action[],
  options: WalkOptions,
): Promise<ReadonlyMap<string, Outcome>> {
  const state: Walk = {
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

/** Runs a phase to its end; rejects with the first thing that was thrown. */
function drain(walk: Walk, phase: readonly Action[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting = new Set(phase);
    let broken: { readonly error: unknown } | null = null;
    const pump = (): void => {
      const { aborted } = walk.options.signal;
      try {
        if (broken === null && !aborted) advance(walk, waiting, settled);
        const isStuck = walk.running === 0 && broken === null && !aborted && waiting.size > 0;
        assert(!isStuck, "the actions of the plan wait for one another");
      } catch (error) {
        broken ??= { error };
      }
      if (walk.running > 0) return;
      if (broken === null) resolve();
      else reject(broken.error as Error);
    };
    const settled: Settled = (error) => {
      if (error !== undefined) broken ??= { error };
      pump();
    };
    pump();
  });
}

/** Decides and starts whatever can be; what has to wait is left in `waiting`. */
function advance(walk: Walk, waiting: Set<Action>, settled: Settled): void {
  const { options, outcomes } = walk;
  let hasDecided = true;
  while (hasDecided) {
    hasDecided = false;
    for (const action of waiting) {
      if (walk.running >= OVERALL_LIMIT) return;
      const known = options.decide(action) ?? blocked(walk, action);
      if (known === "wait") continue;
      if (known !== null) {
        waiting.delete(action);
        outcomes.set(action.id, known);
        options.finished(action, known);
        hasDecided = true;
      } else if (hasRoom(walk, action)) {
        waiting.delete(action);
        start(walk, action, settled);
      }
    }
  }
}

function start(walk: Walk, action: Action, settled: Settled): void {
  const { options, outcomes } = walk;
  occupy(walk, action, 1);
  options
    .perform(action)
    .finally(() => occupy(walk, action, -1))
    .then((outcome) => {
      outcomes.set(action.id, outcome);
      options.finished(action, outcome);
    })
    .then(
      () => settled(),
      (error: unknown) => settled(error ?? new Error("an action failed without a reason")),
    );
}

function blocked(walk: Walk, action: Action): Outcome | "wait" | null {
  const { missing, own, implied } = walk.needs.get(action.id) ?? { own: [], implied: [] };
  if (missing !== undefined) return { status: "skipped", why: `${missing} is not in the plan` };
  for (const id of [...own, ...implied]) {
    const outcome = walk.outcomes.get(id);
    if (outcome === undefined) return "wait";
    // What is held back makes nothing that somebody would wait for, unless the plan says so.
    const isHeld = outcome.status === "withheld" && !own.includes(id);
    if (!isGood(outcome) && !isHeld) return { status: "skipped", why: `${id} was not done` };
  }
  return null;
}

/** True when an action works on its cluster, and not in repositories alone. */
function needsCluster(action: Action): boolean {
  return action.kind !== "expire" || action.places.includes("cluster");
}

function hasRoom(walk: Walk, action: Action): boolean {
  if (action.kind !== "expire" && walk.busyCollections.has(keyOf(action))) return false;
  if (!needsCluster(action)) return true;
  const busy = walk.busyClusters.get(action.cluster) ?? 0;
  return busy < Math.max(1, walk.options.limitOf(action.cluster));
}

function occupy(walk: Walk, action: Action, by: 1 | -1): void {
  const { busyClusters, busyCollections } = walk;
  walk.running += by;
  if (needsCluster(action)) {
    busyClusters.set(action.cluster, (busyClusters.get(action.cluster) ?? 0) + by);
  }
  if (action.kind === "expire") return;
  if (by > 0) busyCollections.add(keyOf(action));
  else busyCollections.delete(keyOf(action));
}
