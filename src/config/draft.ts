import { dirname, resolve } from "node:path";
import type { SnapformConfig } from "../desired/canonical.ts";
import type { Json } from "../snapshot/manifest.ts";
import type { Finding } from "./finding.ts";
import {
  hasBroken,
  keySpanAt,
  plainOf,
  spanAt,
  valueAt,
  type Located,
  type LocatedMap,
  type Path,
  type Span,
} from "./located.ts";

/** A type of which anything may be missing. */
export type Partly<T> = T extends readonly (infer Item)[]
  ? readonly (Partly<Item> | null)[]
  : T extends object
    ? { readonly [K in keyof T]?: Partly<T[K]> }
    : T;

export type PartlyConfig = Partly<SnapformConfig>;

type NamedKey = "clusters" | "repositories" | "policies" | "snapshots" | "restores";

/**
 * The configuration as the checks of meaning see it: whatever is broken is left out, so a check
 * looks at what is there and stays silent about the rest.
 */
export interface Draft {
  readonly config: PartlyConfig;
  /** Declared names, also of what is broken. */
  readonly names: (kind: NamedKey) => readonly string[];
  /** Whether more of this kind may be declared than `names` tells. */
  readonly isOpen: (kind: NamedKey) => boolean;
  /** Whether a key is written there, broken or not. */
  readonly has: (path: Path) => boolean;
  /** Whether no key is written there. Of a value that is not known yet, neither this nor `has`. */
  readonly lacks: (path: Path) => boolean;
  /** Whether the value there is present and nothing in it is broken. */
  readonly isWhole: (path: Path) => boolean;
  readonly keySpan: (path: Path) => Span;
  readonly span: (path: Path) => Span;
  /** An absolute path: relative ones start at the folder of the file that declares them. */
  readonly absolute: (path: Path, text: string) => string;
  readonly folderOf: (path: Path) => string;
  /** The text as written, references and all; null where it is no text. */
  readonly declared: (path: Path) => string | null;
}

/** A finding at the value of a path. */
export function atValue(draft: Draft, path: Path, words: Words): Finding {
  return { ...words, path, span: draft.span(path) };
}

/** A finding at the key of a path. */
export function atKey(draft: Draft, path: Path, words: Words): Finding {
  return { ...words, path, span: draft.keySpan(path) };
}

export type Words = Pick<Finding, "code" | "summary" | "detail">;

/** `root` must be normalised. */
export function draftOf(
  root: LocatedMap,
  broken: ReadonlySet<Located>,
  workingDirectory: string,
): Draft {
  const plain = plainOf(root, broken) as Json;
  const folderOf = (path: Path): string =>
    dirname(resolve(workingDirectory, spanAt(root, path).source.file));
  return {
    config: plain as PartlyConfig,
    names: (kind) => {
      const section = root.entries.get(kind)?.value;
      return section?.kind === "map" ? [...section.entries.keys()] : [];
    },
    isOpen: (kind) => root.entries.get(kind)?.value.isUnknown === true,
    has: (path) => {
      const value = valueAt(root, path);
      return value !== null && value.isUnknown !== true;
    },
    lacks: (path) => valueAt(root, path) === null,
    isWhole: (path) => {
      const value = valueAt(root, path);
      return value !== null && !hasBroken(value, broken);
    },
    keySpan: (path) => keySpanAt(root, path),
    span: (path) => spanAt(root, path),
    absolute: (path, text) => resolve(folderOf(path), text),
    folderOf,
    declared: (path) => {
      const value = valueAt(root, path);
      return value?.kind === "scalar" ? value.declared : null;
    },
  };
}
