// Diagnostics: problems of the user's configuration and of a plan, collected and returned, never
// thrown. May know nothing else of snapform. Invariant: a summary is terse and holds no user data;
// the detail says what was wrong, why, and what to do, in full sentences; neither holds a secret.

/** A place in a file; lines and columns count from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

export interface SourceRange {
  /** As the user named the file, else relative to the working directory. */
  readonly file: string;
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** Stable, kebab-case, for programs: `unknown-key`, `cron-never-fires`, `source-shrunk`, ... */
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  /** The resource, e.g. `policy.nightly["prod/docs"]`. */
  readonly address?: string;
  /** The path in the document, e.g. `policies.nightly.schedule.cron`. */
  readonly path?: string;
  readonly range?: SourceRange;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}
