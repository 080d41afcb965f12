// Plans: the difference between what is wanted and what exists, as frozen data. May know the
// words only: no I/O, no clock; `now` is an argument. Invariants: the same input in any order gives
// the same plan; nothing is named for deletion that the rules of this folder do not allow.

/** What a hazard asks of whoever applies the plan. */
export type HazardLevel =
  /** Shown. */
  | "warn"
  /** Needs `--yes`, a plan file or an answer at the terminal. */
  | "confirm"
  /** Held back until `--acknowledge HASH` names the very set of dangerous actions. */
  | "acknowledge"
  /** Held back until the world is right again; nobody can wave it through. */
  | "wait";

export type Hazard =
  | "expires-snapshots"
  | "overwrites-data"
  | "mass-expire"
  | "rule-change"
  | "source-shrunk"
  | "run-uncovered"
  | "source-missing"
  | "cluster-unknown"
  | "repository-unknown"
  | "clock-behind"
  | "state-missing";

export interface HazardMeaning {
  readonly level: HazardLevel;
  readonly meaning: string;
}

/** The one table of dangers; its documentation is generated from here. */
export const HAZARDS: Readonly<Record<Hazard, HazardMeaning>> = Object.freeze({
  "expires-snapshots": {
    level: "confirm",
    meaning: "A snapshot is expired; it can be brought back until its undo window ends.",
  },
  "overwrites-data": {
    level: "acknowledge",
    meaning: "A restore replaces what a live collection holds.",
  },
  "mass-expire": {
    level: "acknowledge",
    meaning:
      "One run would take away more than ten snapshots, and more than half, of a collection.",
  },
  "rule-change": {
    level: "acknowledge",
    meaning:
      "A changed rule would expire more than ten snapshots, and more than half, of a collection.",
  },
  "source-shrunk": {
    level: "acknowledge",
    meaning: "The source has less than half of the points of the snapshot before; nothing expires.",
  },
  "run-uncovered": {
    level: "wait",
    meaning: "The newest due run has no complete snapshot yet; nothing expires before it has.",
  },
  "source-missing": {
    level: "wait",
    meaning: "The collection is gone; its snapshots may be the only copies, so nothing expires.",
  },
  "cluster-unknown": {
    level: "wait",
    meaning: "The cluster could not be looked at; what is unknown is never deleted.",
  },
  "repository-unknown": {
    level: "wait",
    meaning: "The repository could not be looked at; what is unknown is never deleted.",
  },
  "clock-behind": {
    level: "wait",
    meaning: "The clock is behind the last instant that the state has seen; nothing expires.",
  },
  "state-missing": {
    level: "warn",
    meaning: "Snapshots of this project exist that the state does not know; adopt them.",
  },
});

export function hazardLevel(hazard: Hazard): HazardLevel {
  return HAZARDS[hazard].level;
}

/** True when an action with these hazards is held back unless it is acknowledged. */
export function needsAcknowledgement(hazards: readonly Hazard[]): boolean {
  return hazards.some((hazard) => hazardLevel(hazard) === "acknowledge");
}

/** True when an action with these hazards is held back whatever anybody says. */
export function mustWait(hazards: readonly Hazard[]): boolean {
  return hazards.some((hazard) => hazardLevel(hazard) === "wait");
}

/** True when an action is not carried out as its plan stands. */
export function isHeld(action: { readonly hazards: readonly Hazard[] }): boolean {
  return mustWait(action.hazards) || needsAcknowledgement(action.hazards);
}
