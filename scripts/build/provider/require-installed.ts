// Part of the built provider: finds a package that is not in the bundle, because it is native code
// for one kind of machine, in an installation of snapform or of the project that Terraform runs in.
// Knows Node's own modules only. Invariant: nothing is looked for before something needs it.

import { accessSync, constants, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/**
 * The module of a package, from the first place that has it: the folder in
 * `SNAPFORM_PACKAGES`, the folder that Terraform runs in and those above it, those above the
 * provider itself, and those above the `snapform` on the path. Throws as `require` does.
 */
export function requireInstalled(name: string): unknown {
  let missing: unknown;
  for (const folder of folders()) {
    try {
      return createRequire(join(folder, "package.json"))(name);
    } catch (error) {
      if (!isMissing(error, name)) throw error;
      missing = error;
    }
  }
  throw missing;
}

function folders(): readonly string[] {
  const named = process.env["SNAPFORM_PACKAGES"];
  const places = [named || null, process.cwd(), placeOf(process.argv[1]), installation()];
  return places.filter((place) => place !== null);
}

/** The folder of a file, behind links. */
function placeOf(file: string | undefined): string | null {
  try {
    return file === undefined ? null : dirname(realpathSync(file));
  } catch {
    return null;
  }
}

function installation(): string | null {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const file = path.map((folder) => join(folder, "snapform")).find(isExecutable);
  return placeOf(file);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Of this package itself: one that it needs and that is missing is a fault to be told. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "MODULE_NOT_FOUND" && message.includes(`'${name}'`);
}
