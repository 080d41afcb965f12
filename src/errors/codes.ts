// The table of error codes: one place for every code that snapform uses, what it means and how
// a process that ends with it exits. The documentation page of the codes is generated from it.
// May know nothing else. Invariant: a code is never reused for another meaning.

export type ExitName =
  | "done"
  | "error"
  | "changes"
  | "partial"
  | "locked"
  | "stale"
  | "corrupt"
  | "usage"
  | "cancelled";

export interface ExitMeaning {
  readonly status: number;
  readonly meaning: string;
}

export type ErrorCode =
  | "invalid-argument"
  | "not-found"
  | "already-exists"
  | "failed-precondition"
  | "permission-denied"
  | "unauthenticated"
  | "unavailable"
  | "deadline-exceeded"
  | "resource-exhausted"
  | "unimplemented"
  | "aborted"
  | "internal"
  | "usage"
  | "locked"
  | "stale-plan"
  | "corrupt"
  | "partial"
  | "cancelled";

export interface CodeMeaning {
  readonly exit: ExitName;
  readonly meaning: string;
}

/** How a process exits. `meaning` is the sentence that the documentation and `--help` show. */
export const EXIT_STATUS: Readonly<Record<ExitName, ExitMeaning>> = Object.freeze({
  done: { status: 0, meaning: "Done, or nothing to do." },
  error: { status: 1, meaning: "An error; nothing was changed unless the message says so." },
  changes: { status: 2, meaning: "`plan --detailed-exitcode`: the plan has changes." },
  partial: {
    status: 3,
    meaning: "Some actions failed or were withheld; the rest is done and recorded.",
  },
  locked: { status: 11, meaning: "The state is locked by another process." },
  stale: { status: 12, meaning: "The saved plan no longer fits; nothing was done." },
  corrupt: { status: 13, meaning: "Stored data is damaged, or newer than this snapform." },
  usage: { status: 64, meaning: "Wrong usage of the command line." },
  cancelled: { status: 130, meaning: "Cancelled; what was done is recorded." },
});

/** Every code that a SnapformError may carry; the first group is named as in gRPC. */
export const ERROR_CODES: Readonly<Record<ErrorCode, CodeMeaning>> = Object.freeze({
  "invalid-argument": { exit: "error", meaning: "A value is not acceptable, whatever the world." },
  "not-found": { exit: "error", meaning: "The named thing does not exist." },
  "already-exists": { exit: "error", meaning: "The thing to be made exists already." },
  "failed-precondition": {
    exit: "error",
    meaning: "The world is not in the state that is needed.",
  },
  "permission-denied": { exit: "error", meaning: "The credentials or file rights do not suffice." },
  unauthenticated: { exit: "error", meaning: "The credentials are missing or wrong." },
  unavailable: { exit: "error", meaning: "A server or disk cannot be reached now." },
  "deadline-exceeded": { exit: "error", meaning: "It took longer than allowed; outcome unknown." },
  "resource-exhausted": { exit: "error", meaning: "No space, or a limit was reached." },
  unimplemented: { exit: "error", meaning: "This engine or version cannot do that." },
  aborted: { exit: "error", meaning: "A concurrent change got in the way; may be tried again." },
  internal: { exit: "error", meaning: "A bug in snapform." },
  usage: { exit: "usage", meaning: "The command line was used wrongly." },
  locked: { exit: "locked", meaning: "The state is locked by another process." },
  "stale-plan": { exit: "stale", meaning: "The saved plan no longer fits the world." },
  corrupt: { exit: "corrupt", meaning: "Stored data is damaged, or newer than this snapform." },
  partial: { exit: "partial", meaning: "Some actions failed or were withheld." },
  cancelled: { exit: "cancelled", meaning: "Cancelled by the user." },
});

/** The exit status of a process that ends with an error of this code. */
export function exitStatus(code: ErrorCode): number {
  return EXIT_STATUS[ERROR_CODES[code].exit].status;
}
