import { join } from "node:path";
import { SnapformError } from "../../errors/index.ts";

/** LanceDB lists only folders that end so; everything of ours must not. */
const TABLE_SUFFIX = ".lance";
/** Below the cluster's folder, hence on its file system: hard links and renames work. */
export const STAGING = ".snapform-staging";
/** Tables that a restore has replaced, kept for undo. */
export const REPLACED = ".snapform-replaced";

/** The table's folder. */
export function tableFolder(uri: string, name: string): string {
  checkTableName(name);
  return join(uri, name + TABLE_SUFFIX);
}

/** The name of the table in a folder of that name, or null when it is no table. */
export function tableOfFolder(folder: string): string | null {
  if (!folder.endsWith(TABLE_SUFFIX) || folder.startsWith(".")) return null;
  return folder.slice(0, -TABLE_SUFFIX.length);
}

/** Where the restore `runId` builds; its `staged.lance` is the table, under a neutral name. */
export function restoreFolder(uri: string, runId: string): string {
  return join(uri, STAGING, `restore-${segment(runId)}`);
}

export const STAGED_TABLE = "staged";

export function stagedTable(uri: string, runId: string): string {
  return join(restoreFolder(uri, runId), STAGED_TABLE + TABLE_SUFFIX);
}

export function journalPath(uri: string, runId: string): string {
  return `${restoreFolder(uri, runId)}.json`;
}

export function replacedFolder(uri: string, target: string, runId: string): string {
  return join(uri, REPLACED, `${segment(target)}-${segment(runId)}`);
}

/** A name as one path segment: percent-encoded, never `.` or `..`. */
export function segment(name: string): string {
  const encoded = encodeURIComponent(name);
  return encoded.replace(/^\.+$/, (dots) => dots.replaceAll(".", "%2E"));
}

/** True for a path that stays below the folder it is relative to, in every system's reading. */
export function isInnerPath(path: string): boolean {
  if (path === "" || path.includes("\\") || path.includes("\0") || path.includes(":")) return false;
  return path.split("/").every((step) => step !== "" && step !== "." && step !== "..");
}

export function checkTableName(name: string): void {
  if (name.startsWith(".") || !isInnerPath(name) || name.includes("/")) {
    throw new SnapformError("invalid-argument", `${JSON.stringify(name)} is no table name`);
  }
}
