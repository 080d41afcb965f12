// Applying: walks a plan, journals each step before and after, resumes after a crash, and tells
// what happens as events. May know the words and the interfaces of the edges. Invariants: nothing
// is done that the plan does not name; an intent is durable before its effect begins; a delete
// happens only under a valid lock and only when this very moment's inventory still allows it.
import type { Progress } from "../engine/driver.ts";
import type { ErrorCode, ExitName } from "../errors/index.ts";
import type { Action } from "../plan/action.ts";
import type { SweepResult } from "../repository/repository.ts";
import type { CheckResult } from "../snapshot/check.ts";

/** A failure as it is shown and recorded: no secrets, no stack. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
}

/** How one action ended. */
export type Outcome =
  | { readonly status: "done"; readonly detail: OutcomeDetail }
  /** The world was already so. */
  | { readonly status: "satisfied"; readonly why: string }
  /** An expire that would no longer have been right: the snapshot stays. */
  | { readonly status: "kept"; readonly why: string }
  /** Held back by a hazard. */
  | { readonly status: "withheld"; readonly why: string }
  | { readonly status: "failed"; readonly failure: Failure }
  /** Not begun, because something that it needs failed, was withheld or was cancelled. */
  | { readonly status: "skipped"; readonly why: string };

/** What there is to say about an action that was done; fields that do not apply are absent. */
export interface OutcomeDetail {
  readonly bytes?: number;
  /** Bytes that had to be stored or written; the rest was there already. */
  readonly newBytes?: number;
  readonly durationMs?: number;
  readonly check?: CheckResult;
  /** How to go back. */
  readonly undo?: string;
}

export interface ActionOutcome {
  readonly action: Action;
  readonly outcome: Outcome;
}

/** What an apply tells while it works. Events of different actions may interleave. */
export type ApplyEvent =
  | { readonly type: "waiting"; readonly holder: string }
  | { readonly type: "recovered"; readonly text: string }
  | { readonly type: "started"; readonly action: Action }
  | { readonly type: "progress"; readonly action: Action; readonly progress: Progress }
  | { readonly type: "finished"; readonly action: Action; readonly outcome: Outcome }
  | { readonly type: "swept"; readonly repository: string; readonly result: SweepResult }
  | { readonly type: "warning"; readonly text: string };

export interface ApplyResult {
  /** In the order of the plan. */
  readonly outcomes: readonly ActionOutcome[];
  readonly counts: Readonly<Record<Outcome["status"], number>>;
  /** True when it was stopped before everything was begun. */
  readonly isCancelled: boolean;
  readonly exit: ExitName;
  /** The hash to acknowledge with when something was withheld for want of it; else null. */
  readonly acknowledge: string | null;
}
