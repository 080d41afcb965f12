import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isSystemError } from "./errors.ts";

/** A manifest that stands in a table's `_versions`. */
export interface ManifestName {
  readonly version: number;
  /** Relative to the table's folder. */
  readonly path: string;
  /** Whether it is named by 2^64 - 1 - version, so that the newest sorts first. */
  readonly isReversed: boolean;
}

const LARGEST = 2n ** 64n - 1n;
/** Temporary names, hints, detached versions (`d1.manifest`) and `1.manifest#1` do not match. */
const NAME = /^\d{1,20}\.manifest$/;

/** The version of a manifest of that file name, or null when it is none. */
export function parseManifestName(name: string): ManifestName | null {
  if (!NAME.test(name)) return null;
  const digits = name.slice(0, -".manifest".length);
  const isReversed = digits.length === 20;
  const version = isReversed ? LARGEST - BigInt(digits) : BigInt(digits);
  if (version < 1n || version > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return { version: Number(version), path: `_versions/${name}`, isReversed };
}

/** The path of a version's manifest in either way of naming. */
export function manifestPath(version: number, isReversed: boolean): string {
  const number = isReversed ? String(LARGEST - BigInt(version)).padStart(20, "0") : version;
  return `_versions/${number}.manifest`;
}

/** All versions in a table's folder, newest first; empty when it has no `_versions`. */
export async function listVersions(folder: string): Promise<ManifestName[]> {
  let names: string[];
  try {
    names = await readdir(join(folder, "_versions"));
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
  const versions = names.map(parseManifestName).filter((name) => name !== null);
  return versions.toSorted((a, b) => b.version - a.version);
}
