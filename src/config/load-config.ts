// config/ turns the text of configuration files into what is desired, or into every mistake in it
// with its exact place. May know the words, the `yaml` package and, in read-files.ts only, the file
// system. Invariant: one mistake gives one diagnostic, and a value of a secret field is in none.
import { dirname, resolve } from "node:path";
import type { SnapformConfig } from "../desired/canonical.ts";
import type { Desired } from "../desired/desired.ts";
import { resolveDesired, resolveStatePath } from "../desired/resolve.ts";
import { CONFIG_SHAPE } from "../desired/shape.gen.ts";
import { hasErrors, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { assert } from "../errors/index.ts";
import { parseWithoutSecrets } from "./absent-secrets.ts";
import { checkDocument } from "./check-document.ts";
import type { Draft } from "./draft.ts";
import { diagnosticsOf, type Finding } from "./finding.ts";
import { soleReference, type Environment } from "./interpolate.ts";
import type { LocatedMap, Path } from "./located.ts";
import { maskSources } from "./mask.ts";
import { mergeFiles } from "./merge.ts";
import { normalise } from "./normalise.ts";
import { parseYaml, type ParsedFile } from "./parse-yaml.ts";

/** The text of one configuration file. */
export interface ConfigFile {
  /** As the user named it; diagnostics show it so. */
  readonly path: string;
  readonly text: string;
}

export interface LoadConfigRequest {
  /** At least one. The implied repository and the state lie beside the first. */
  readonly files: readonly ConfigFile[];
  /** What `${env:NAME}` reads. */
  readonly env: Environment;
  /** Absolute; relative paths of files start there. */
  readonly workingDirectory: string;
  /** `optional` where only the names of secrets matter: then what they refer to need not be set. */
  readonly secrets?: "needed" | "optional";
  /** What else a surface has to say: what it has no use for, with the place. */
  readonly alsoCheck?: (draft: Draft) => readonly Finding[];
}

/** A configuration as its files have it, for writing it down in another language. */
export interface WrittenConfig {
  /** In the canonical form: shorthands written out, references replaced, nothing filled in. */
  readonly config: SnapformConfig;
  /** Absolute: the folder at which the relative path at this place starts. */
  readonly folderOf: (path: Path) => string;
  /** The text at this place as it stands in its file, references and all; null for no text. */
  readonly declared: (path: Path) => string | null;
}

export interface LoadedConfig {
  /** Null when there is an error among the diagnostics. */
  readonly desired: Desired | null;
  /** Null where `desired` is. */
  readonly written: WrittenConfig | null;
  /** Absolute; beside the first file when the configuration does not say or cannot be read. */
  readonly statePath: string;
  /** In the order of files and lines. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text of each file with its secrets masked, for `formatDiagnostic`. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Reads, merges, checks and resolves a configuration. Pure; mistakes are returned. */
export function loadConfig(request: LoadConfigRequest): LoadedConfig {
  const { files, env, workingDirectory, secrets = "needed", alsoCheck } = request;
  const [first] = files;
  assert(first, "a configuration has at least one file");
  const folder = dirname(resolve(workingDirectory, first.path));
  const parsed =
    secrets === "optional"
      ? parseWithoutSecrets(files, env)
      : files.map(({ path, text }) => parseYaml(path, text, env));
  const checked = checkFiles(parsed, workingDirectory, folder);
  const more = checked.draft && alsoCheck ? alsoCheck(checked.draft) : [];
  const diagnostics = diagnosticsOf(
    [...checked.findings, ...more],
    files.map(({ path }) => path),
  );
  const isGood = !hasErrors(diagnostics);
  const { draft } = checked;
  const options = {
    folder,
    ...(draft === null ? {} : { folderOf: draft.folderOf }),
    referenceOf: (path: readonly (string | number)[]) =>
      soleReference(draft?.declared(path) ?? null),
  };
  const config = draft?.config as SnapformConfig | undefined;
  return Object.freeze({
    desired: config && isGood ? resolveDesired(config, options) : null,
    written: draft && config && isGood ? writtenOf(draft, config) : null,
    statePath: resolveStatePath(config?.state, options),
    diagnostics,
    sources: diagnostics.length > 0 ? maskSources(parsed) : new Map<string, string>(),
  });
}

function writtenOf({ folderOf, declared }: Draft, config: SnapformConfig): WrittenConfig {
  return Object.freeze({ config, folderOf, declared });
}

interface Checked {
  readonly findings: readonly Finding[];
  /** Null where files could not be read far enough. */
  readonly draft: Draft | null;
}

function checkFiles(
  parsed: readonly ParsedFile[],
  workingDirectory: string,
  folder: string,
): Checked {
  const inFiles = parsed.flatMap(({ findings }) => findings);
  const roots = parsed.flatMap(({ root }) => (root === null ? [] : [root]));
  const [first, ...others] = roots;
  // What an unreadable file declares is unknown, so nothing can be said about what refers to it.
  const isReadable = roots.length === parsed.length && roots.every(({ isBroken }) => !isBroken);
  if (!isReadable || first === undefined) return { findings: inFiles, draft: null };
  const merged = mergeFiles([first, ...others], CONFIG_SHAPE);
  const root = normalise(CONFIG_SHAPE, merged.root) as LocatedMap;
  const checked = checkDocument(root, { workingDirectory, folder });
  const findings = [...inFiles, ...merged.findings, ...checked.findings];
  return { findings, draft: checked.draft };
}
