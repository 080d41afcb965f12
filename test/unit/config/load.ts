import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, type LoadedConfig } from "../../../src/config/load-config.ts";
import type { Desired } from "../../../src/desired/desired.ts";
import { formatDiagnostic } from "../../../src/diagnostics/format.ts";

export const workingDirectory = "/repo";

/**
 * Loads texts as `snapform.yaml`, or under the names given. That an engine is not available yet is
 * left out: the texts use every engine.
 */
export function load(
  texts: string | Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): LoadedConfig {
  const loaded = loadWhole(texts, env);
  const diagnostics = loaded.diagnostics.filter(({ code }) => code !== "engine-not-available");
  return { ...loaded, diagnostics };
}

/** The same with every diagnostic. */
export function loadWhole(
  texts: string | Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): LoadedConfig {
  const named = typeof texts === "string" ? { "snapform.yaml": texts } : texts;
  const files = Object.entries(named).map(([path, text]) => ({ path, text }));
  return loadConfig({ files, env, workingDirectory });
}

/** What is desired; fails with the diagnostics when there is an error. */
export function desired(
  texts: string | Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Desired {
  const loaded = load(texts, env);
  if (loaded.desired === null) throw new Error(shown(loaded));
  return loaded.desired;
}

/** One line per diagnostic: `4:20 unknown-engine: There is no engine ...`. */
export function told(
  texts: string | Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): readonly string[] {
  const many = typeof texts !== "string";
  return load(texts, env).diagnostics.map(({ code, detail, range }) => {
    const place = `${range?.start.line}:${range?.start.column}`;
    return `${many ? `${range?.file}:` : ""}${place} ${code}: ${detail}`;
  });
}

/** Everything that a user would see. */
export function shown({ diagnostics, sources }: LoadedConfig): string {
  return diagnostics
    .map((diagnostic) => {
      const source = sources.get(diagnostic.range?.file ?? "");
      return formatDiagnostic(diagnostic, source === undefined ? {} : { source });
    })
    .join("\n\n");
}

export function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");
}

/** A configuration that is valid, with more lines behind it. */
export function withBase(more: string): string {
  return `version: 1
project: demo
clusters:
  local: { engine: lancedb, uri: ./data }
  prod: { engine: qdrant, nodes: ["http://q:6333"] }
${more}`;
}

/** A valid policy on `prod`, with one of its keys written differently. */
export function withPolicy(line: string): string {
  const lines = {
    cluster: "cluster: prod",
    collections: 'collections: ["*"]',
    schedule: 'schedule: { cron: "0 2 * * *" }',
    retention: "retention: { last: 3 }",
  };
  const key = line.split(":")[0] ?? "";
  const all = Object.values({ ...lines, [key]: line });
  return withBase(`policies:\n  p:\n${all.map((each) => `    ${each}\n`).join("")}`);
}
