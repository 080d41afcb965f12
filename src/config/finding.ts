import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { rangeOf, type Path, type Span } from "./located.ts";

/** A mistake that was found, not yet turned into a diagnostic. */
export interface Finding {
  readonly severity?: "warning";
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  /** The place in the document; empty for the whole. */
  readonly path: Path;
  readonly span: Span;
}

const resources: Readonly<Record<string, string>> = {
  policies: "policy",
  snapshots: "snapshot",
  restores: "restore",
};

/** Findings as diagnostics: in the order of the files, each mistake once. */
export function diagnosticsOf(
  findings: readonly Finding[],
  files: readonly string[],
): readonly Diagnostic[] {
  const seen = new Set<string>();
  const ordered = findings.toSorted((a, b) => {
    const fileOrder = files.indexOf(a.span.source.file) - files.indexOf(b.span.source.file);
    return fileOrder || a.span.start - b.span.start || a.span.end - b.span.end;
  });
  const diagnostics = ordered.flatMap((finding) => {
    // What an alias repeats stands in one place only.
    const key = JSON.stringify([
      finding.code,
      finding.detail,
      finding.span.start,
      finding.span.end,
    ]);
    const unique = `${finding.span.source.file}\n${key}`;
    if (seen.has(unique)) return [];
    seen.add(unique);
    return [diagnosticOf(finding)];
  });
  return Object.freeze(diagnostics);
}

function diagnosticOf(finding: Finding): Diagnostic {
  const { severity = "error", code, summary, detail, path, span } = finding;
  const kind = resources[String(path[0])];
  return Object.freeze({
    severity,
    code,
    summary,
    detail,
    ...(kind === undefined || path.length < 2 ? {} : { address: `${kind}.${path[1]}` }),
    ...(path.length === 0 ? {} : { path: formatPath(path) }),
    range: rangeOf(span),
  });
}

/** `policies.nightly.collections[0]`, `removed["policy.weekly"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}
