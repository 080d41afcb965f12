import { join } from "node:path";
import type { SnapformConfig } from "../desired/canonical.ts";
import type { Desired } from "../desired/desired.ts";
import { resolveDesired, resolveStatePath } from "../desired/resolve.ts";
import { assert } from "../errors/index.ts";
import { checkDocument } from "./check-document.ts";
import { formatPath } from "./finding.ts";
import { hasBroken, sourceText, type Located, type LocatedEntry, type Path } from "./located.ts";

/**
 * A value of a configuration that no file holds. A symbol stands for one that is not known yet;
 * null in a map, or undefined, for one that is left out.
 */
export type ConfigValue =
  | null
  | undefined
  | boolean
  | number
  | string
  | symbol
  | readonly ConfigValue[]
  | { readonly [name: string]: ConfigValue };

export interface CheckValuesRequest {
  /** In the canonical form: no shorthands, names as in the schemas. */
  readonly config: { readonly [name: string]: ConfigValue };
  /** Absolute; relative paths start there, and what is implied lies there. */
  readonly folder: string;
  /** The reference (`${env:NAME}`) that the secret at this place came from; null for none. */
  readonly referenceOf: (path: Path) => string | null;
}

/** A mistake at a path of the configuration. */
export interface ValueMistake {
  readonly severity: "error" | "warning";
  /** As of the diagnostics of files. */
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  readonly path: Path;
}

export interface CheckedValues {
  /** Null when there is an error among the mistakes, or something is not known yet. */
  readonly desired: Desired | null;
  /** Absolute; null where `desired` is. */
  readonly statePath: string | null;
  /** Nothing is said about what is not known yet. */
  readonly mistakes: readonly ValueMistake[];
}

/** Checks and resolves a configuration that is given as values, as `loadConfig` does with files. */
export function checkValues(request: CheckValuesRequest): CheckedValues {
  const { folder, referenceOf } = request;
  const root = locateValue(request.config, [], sourceOf(folder));
  assert(root?.kind === "map", "a configuration is a map");
  const checked = checkDocument(root, { workingDirectory: folder, folder });
  const mistakes = checked.findings.map((finding): ValueMistake => {
    const { severity = "error", code, summary, detail, path } = finding;
    return Object.freeze({ severity, code, summary, detail, path });
  });
  const isGood = mistakes.every(({ severity }) => severity === "warning");
  if (!isGood || hasBroken(root, checked.broken)) {
    return Object.freeze({ desired: null, statePath: null, mistakes: Object.freeze(mistakes) });
  }
  return resolvedOf(checked.draft.config as SnapformConfig, { folder, referenceOf }, mistakes);
}

/**
 * Resolves values that `checkValues` has nothing to say of, without nulls in maps and lists.
 * Whoever calls it knows that of others, which differ from these in nothing that is checked.
 */
export function resolveValues({ config, ...request }: CheckValuesRequest): CheckedValues {
  return resolvedOf(config as unknown as SnapformConfig, request, []);
}

function resolvedOf(
  config: SnapformConfig,
  { folder, referenceOf }: Omit<CheckValuesRequest, "config">,
  mistakes: readonly ValueMistake[],
): CheckedValues {
  return Object.freeze({
    desired: resolveDesired(config, { folder, referenceOf }),
    statePath: resolveStatePath(config.state, { folder }),
    mistakes: Object.freeze(mistakes),
  });
}

type Source = ReturnType<typeof sourceText>;

/** The checks start relative paths at the folder of a file: here, one that lies in the folder. */
function sourceOf(folder: string): Source {
  return sourceText(join(folder, "configuration"), "");
}

/** The value with its path for a place; null where it is left out. */
function locateValue(value: ConfigValue, path: Path, source: Source): Located | null {
  if (value === null || value === undefined) return null;
  const span = { source, start: 0, end: 0, name: () => formatPath(path) };
  if (typeof value === "symbol") {
    return { kind: "scalar", span, value: null, declared: null, isBroken: true, isUnknown: true };
  }
  if (typeof value !== "object") return { kind: "scalar", span, value, declared: null };
  if (isList(value)) {
    const items = value.map((item, index): Located => {
      const located = locateValue(item, [...path, index], source);
      return located ?? { kind: "scalar", span, value: null, declared: null };
    });
    return { kind: "list", span, items };
  }
  const entries = Object.entries(value).flatMap(([key, each]): [string, LocatedEntry][] => {
    const located = locateValue(each, [...path, key], source);
    return located === null ? [] : [[key, { key: located.span, value: located }]];
  });
  return { kind: "map", span, entries: new Map(entries) };
}

function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value);
}
