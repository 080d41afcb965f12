import { parseAllDocuments, type YAMLError } from "yaml";
import type { Finding } from "./finding.ts";
import type { Environment } from "./interpolate.ts";
import { sourceText, type LocatedMap, type SourceText, type Span } from "./located.ts";
import { locate } from "./locate.ts";

const byteLimit = 1024 * 1024;

/** One file, read: its content as far as it could be read, and the mistakes in its YAML. */
export interface ParsedFile {
  readonly source: SourceText;
  /** Null when there is no map to go on with. */
  readonly root: LocatedMap | null;
  readonly findings: readonly Finding[];
}

/** Reads the text of a file: YAML 1.2, core schema, one document, bounded. Never throws. */
export function parseYaml(file: string, text: string, env: Environment): ParsedFile {
  const source = sourceText(file, text);
  const findings: Finding[] = [];
  const report = (code: string, summary: string, detail: string, start: number, end?: number) => {
    findings.push({
      code,
      summary,
      detail,
      path: [],
      span: spanOf(source, start, end ?? start + 1),
    });
  };
  if (text.length > byteLimit || Buffer.byteLength(text) > byteLimit) {
    report("file-too-large", "File too large", "A configuration file may have 1 MiB at most.", 0);
    return { source, root: null, findings };
  }
  if (text.startsWith("\uFEFF")) {
    const detail = "The file begins with a byte order mark. Save it as UTF-8 without one.";
    const span = spanOf(source, 0, 1);
    const summary = "Byte order mark";
    findings.push({
      severity: "warning",
      code: "byte-order-mark",
      summary,
      detail,
      path: [],
      span,
    });
  }
  const documents = parseAllDocuments(text, {
    version: "1.2",
    schema: "core",
    prettyErrors: false,
    // Own check, because the library's takes quadratic time and names one place only.
    uniqueKeys: false,
    logLevel: "silent",
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  const [error] = (document?.errors ?? []).toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (document === undefined || (document.contents === null && !error)) {
    const detail =
      "The file is empty. A configuration begins with `version: 1` and `project: NAME`.";
    report("empty-file", "Empty file", detail, 0);
  } else if (error) {
    const [start, end] = error.pos;
    const { summary, detail } = syntaxWords(error, document.errors, source);
    report("invalid-yaml", summary, detail, start, end);
  } else if (document.directives?.yaml.explicit && document.directives.yaml.version !== "1.2") {
    const detail = "The file asks for another version of YAML. Remove the `%YAML` line.";
    report("yaml-version", "Unsupported version of YAML", detail, text.indexOf("%YAML"));
  } else if (second !== undefined) {
    const detail =
      "The file holds several YAML documents (`---`). Put each into a file of its own; several " +
      "files merge into one configuration.";
    report("several-documents", "Several documents in one file", detail, startOf(second, text));
  }
  if (findings.some(({ severity }) => severity !== "warning")) {
    return { source, root: null, findings };
  }
  const located = locate(document?.contents ?? null, source, env);
  return { ...located, source, findings: [...findings, ...located.findings] };
}

function startOf(document: { readonly range?: readonly number[] | null }, text: string): number {
  const start = document.range?.[0] ?? 0;
  const marker = text.lastIndexOf("---", start + 3);
  return marker < 0 ? start : marker;
}

function spanOf(source: SourceText, start: number, end: number): Span {
  const length = source.text.length;
  const from = Math.min(start, length);
  return { source, start: from, end: Math.min(Math.max(end, from), length) };
}

/** Only the first error of a file is told: those behind it are mostly its consequences. */
function syntaxWords(
  error: YAMLError,
  all: readonly YAMLError[],
  source: SourceText,
): { readonly summary: string; readonly detail: string } {
  if (all.some(({ code }) => code === "RESOURCE_EXHAUSTION")) {
    const detail = "Values are nested so deeply that the file cannot be read.";
    return { summary: "Nested too deeply", detail };
  }
  const summary = "Invalid YAML";
  const { code, message, pos } = error;
  if (code === "TAB_AS_INDENT") return { summary, detail: "Tabs cannot indent YAML. Use spaces." };
  if (code === "BAD_ALIAS") {
    return { summary, detail: 'A bare `*` begins an alias. Put a pattern in quotes: "*".' };
  }
  if (code === "BLOCK_AS_IMPLICIT_KEY" || code === "MULTILINE_IMPLICIT_KEY") {
    const detail =
      "A second `key: value` stands where a value was expected. Check the indentation, and put a " +
      "text that contains `: ` in quotes.";
    return { summary, detail };
  }
  const isReference = /\$\{[^\n]*$/.test(source.text.slice(0, pos[0] + 1));
  const hint = isReference ? " Inside { } and [ ], put `${env:NAME}` in quotes." : "";
  return { summary, detail: `${message.replace(/\.?$/, ".")}${hint}` };
}
