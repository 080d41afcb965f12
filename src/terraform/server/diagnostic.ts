import { isSnapformError } from "../../errors/index.ts";
import type { Message } from "../wire/messages.ts";
import { encodePath, type Path } from "../wire/path.ts";
import type { Block } from "../wire/schema.ts";
import type { Redactor } from "./redactor.ts";
import { textOfThrown } from "./thrown.ts";

/** What Terraform prints beside the line of the configuration that `path` leads to. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** Terse, without a full stop. */
  readonly summary: string;
  /** Full sentences: what was wrong, why, what to do. */
  readonly detail: string;
  readonly path?: Path;
}

export function errorDiagnostic(summary: string, detail: string, path?: Path): Diagnostic {
  return { severity: "error", summary, detail, ...(path && { path }) };
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

/** An assumption of ours that did not hold, in words that ask for a report. */
export function bugDiagnostic(text: string, path?: Path): Diagnostic {
  const detail = `${text} This is a bug in the provider; please report it.`;
  return errorDiagnostic("The provider made a mistake", detail, path);
}

/** What a resource reports, without what is no diagnostic at all. */
export function soundDiagnostics(given: unknown): Diagnostic[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) return [bugDiagnostic("What was reported is no list of diagnostics.")];
  return given.map((each: unknown) =>
    isDiagnostic(each) ? each : bugDiagnostic("Something was reported that is no diagnostic."),
  );
}

function isDiagnostic(value: unknown): value is Diagnostic {
  if (typeof value !== "object" || value === null) return false;
  const { severity, summary, detail, path } = value as Partial<Record<keyof Diagnostic, unknown>>;
  const hasTexts = typeof summary === "string" && typeof detail === "string";
  const hasPath = path === undefined || Array.isArray(path);
  return hasTexts && hasPath && (severity === "error" || severity === "warning");
}

/** What was thrown, as a diagnostic. `doing` completes "Could not ...". */
export function diagnosticOf(error: unknown, doing: string): Diagnostic {
  const summary = `Could not ${doing}`;
  if (!isSnapformError(error)) {
    const text = textOfThrown(error);
    return errorDiagnostic(summary, `${text}\n\nThis is a bug in the provider; please report it.`);
  }
  const hint = error.hint === undefined ? "" : `\n\n${error.hint}`;
  return errorDiagnostic(summary, `${sentence(error.message)}${hint}`);
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

/** Diagnostics as the protocol wants them, with every secret blotted out. */
export function encodeDiagnostics(
  diagnostics: readonly Diagnostic[],
  block: Block | null,
  redactor: Redactor,
): Message<"Diagnostic">[] {
  return diagnostics.map(({ severity, summary, detail, path }) => {
    const attribute = block && path ? encodePath(block, path, true) : null;
    return {
      severity: severity === "error" ? 1 : 2,
      summary: redactor.redact(summary),
      detail: redactor.redact(detail),
      ...(attribute && attribute.steps.length > 0 && { attribute }),
    };
  });
}
