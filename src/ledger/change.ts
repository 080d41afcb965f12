import type { Json } from "../snapshot/manifest.ts";
import type {
  AcceptedShrink,
  AppliedPolicy,
  Intent,
  RestoreRecord,
  RunRecord,
  SnapshotRecord,
  State,
  TakenRecord,
} from "./state.ts";

/** Tables of which single entries can be taken out by hand. */
export type ForgettableTable = "policies" | "runs" | "shrinks" | "taken" | "restores";

/** One step in the life of a state. The journal is a list of these. */
export type Change =
  | { readonly type: "seen"; readonly at: string }
  | { readonly type: "cluster-seen"; readonly name: string; readonly identity: string }
  | { readonly type: "repository-seen"; readonly name: string; readonly id: string }
  | { readonly type: "policy-applied"; readonly address: string; readonly applied: AppliedPolicy }
  | { readonly type: "intent"; readonly intent: Intent }
  | { readonly type: "intent-details"; readonly actionId: string; readonly details: Json }
  | { readonly type: "settled"; readonly actionId: string }
  | { readonly type: "snapshot-recorded"; readonly record: SnapshotRecord }
  | { readonly type: "snapshot-removed"; readonly id: string }
  | { readonly type: "ran"; readonly address: string; readonly run: RunRecord }
  | {
      readonly type: "shrink-accepted";
      readonly address: string;
      readonly accepted: AcceptedShrink;
    }
  | { readonly type: "taken"; readonly taken: TakenRecord }
  | { readonly type: "restored"; readonly restore: RestoreRecord }
  | { readonly type: "entry-forgotten"; readonly table: ForgettableTable; readonly key: string }
  | { readonly type: "moved"; readonly from: string; readonly to: string };

/** One line of the journal. */
export interface JournalEntry {
  /** Counts up by one for ever, over all journals of a state. */
  readonly seq: number;
  /** The fencing number of the lock under which it was written. */
  readonly fence: number;
  readonly at: string;
  readonly change: Change;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Tables =
  | "clusters"
  | "repositories"
  | "policies"
  | "snapshots"
  | "runs"
  | "shrinks"
  | "taken"
  | "restores"
  | "intents";

/**
 * A state that is being worked on: ten thousand changes to it cost ten thousand steps, not ten
 * thousand copies. Owned by one holder; `draftOf` copies a state into one.
 */
export type Draft = Omit<Mutable<State>, Tables> & {
  [Key in Tables]: Record<string, State[Key][string]>;
};

/** A draft that shares nothing that changes with the state. */
export function draftOf(state: State): Draft {
  return {
    ...state,
    clusters: { ...state.clusters },
    repositories: { ...state.repositories },
    policies: { ...state.policies },
    snapshots: { ...state.snapshots },
    runs: { ...state.runs },
    shrinks: { ...state.shrinks },
    taken: { ...state.taken },
    restores: { ...state.restores },
    intents: { ...state.intents },
  };
}

function rename<T>(table: Record<string, T>, from: string, to: string): void {
  for (const [key, value] of Object.entries(table)) {
    if (key !== from && !key.startsWith(`${from}[`)) continue;
    delete table[key];
    table[to + key.slice(from.length)] = value;
  }
}

function readdress<T extends { readonly address: string }>(
  table: Record<string, T>,
  from: string,
  to: string,
): void {
  for (const [key, value] of Object.entries(table)) {
    if (value.address === from) table[key] = { ...value, address: to };
  }
}

function move(draft: Draft, from: string, to: string): void {
  rename(draft.policies, from, to);
  rename(draft.runs, from, to);
  rename(draft.shrinks, from, to);
  rename(draft.taken, from, to);
  rename(draft.restores, from, to);
  readdress(draft.taken, from, to);
  readdress(draft.restores, from, to);
  readdress(draft.snapshots, from, to);
}

/** Carries one change out on a draft. */
export function change(draft: Draft, step: Change): void {
  switch (step.type) {
    case "seen":
      if (step.at > draft.lastSeenAt) draft.lastSeenAt = step.at;
      return;
    case "cluster-seen":
      draft.clusters[step.name] = { identity: step.identity };
      return;
    case "repository-seen":
      draft.repositories[step.name] = { id: step.id };
      return;
    case "policy-applied":
      draft.policies[step.address] = step.applied;
      return;
    case "intent":
      draft.intents[step.intent.actionId] = step.intent;
      return;
    case "intent-details": {
      const intent = draft.intents[step.actionId];
      if (intent) draft.intents[step.actionId] = { ...intent, details: step.details };
      return;
    }
    case "settled":
      delete draft.intents[step.actionId];
      return;
    case "snapshot-recorded":
      draft.snapshots[step.record.id] = step.record;
      return;
    case "snapshot-removed":
      delete draft.snapshots[step.id];
      return;
    case "ran":
      draft.runs[step.address] = step.run;
      return;
    case "shrink-accepted":
      draft.shrinks[step.address] = step.accepted;
      return;
    case "taken":
      draft.taken[step.taken.address] = step.taken;
      return;
    case "restored":
      draft.restores[step.restore.address] = step.restore;
      return;
    case "entry-forgotten":
      delete draft[step.table][step.key];
      return;
    case "moved":
      move(draft, step.from, step.to);
      return;
  }
}

/** The state after a journal: entries that the state includes already are passed over. */
export function replay(state: State, entries: readonly JournalEntry[]): State {
  const draft = draftOf(state);
  for (const entry of entries) {
    if (entry.seq <= draft.journalSeq) continue;
    change(draft, entry.change);
    draft.journalSeq = entry.seq;
  }
  return draft;
}
