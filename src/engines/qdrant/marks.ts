import { createHash } from "node:crypto";

/** What a restore leaves on a cluster carries these names, so that its own run finds it again. */
const UPLOAD = /^snapform-(.+)-[1-9]\d*\.snapshot$/;
const MARKER = "snapform-run-";
const OVERWRITING = "snapform-overwriting-";
const TARGET = "snapform-target-";
const DONE = "snapform-done-";
const SCRATCH = /^(.+)__snapform_[0-9a-f]{8}$/s;
const SCRATCH_SUFFIX_LENGTH = "__snapform_".length + 8;

/** The server's own names end in a time, also those of a collection called `snapform-...`. */
const ENDS_IN_TIME = /-\d{4}(-\d\d){5}\.snapshot$/;

/** The longest name that a collection may have. */
export const NAME_LIMIT = 255;

/** The name of the file that a run uploads as its `number`th, counted from 1. */
export function uploadName(runId: string, number: number): string {
  return `snapform-${tagOf(runId)}-${number}.snapshot`;
}

/** The number of a file that this very run has uploaded; null for any other file. */
export function uploadNumber(runId: string, file: string): number | null {
  const match = /-([1-9]\d*)\.snapshot$/.exec(file);
  if (match?.[1] === undefined) return null;
  const number = Number(match[1]);
  return uploadName(runId, number) === file ? number : null;
}

/** True for a file that some restore has uploaded. */
export function isUpload(file: string): boolean {
  return UPLOAD.test(file) && !ENDS_IN_TIME.test(file);
}

/** The alias of a collection that this run has made. It goes with its collection. */
export function markerAlias(runId: string): string {
  return MARKER + tagOf(runId);
}

/** The alias that says: from this collection another one is being overwritten. */
export function overwritingAlias(runId: string): string {
  return OVERWRITING + tagOf(runId);
}

/**
 * The alias of a collection that this run is going to overwrite: as long as it is there, nobody has
 * dropped the collection and made another one of its name.
 */
export function targetAlias(runId: string): string {
  return TARGET + tagOf(runId);
}

/**
 * The alias of a collection that this run has completed. It takes the place of the run's other
 * marks on it in one step with the aliases by which users will call it: from here on it is theirs,
 * even where nobody came to write down that the run is over.
 */
export function doneAlias(runId: string): string {
  return DONE + tagOf(runId);
}

/** True for an alias that belongs to a restore under way and to no user. */
export function isMark(alias: string): boolean {
  return [MARKER, OVERWRITING, TARGET, DONE].some((prefix) => alias.startsWith(prefix));
}

export function isDoneAlias(alias: string): boolean {
  return alias.startsWith(DONE);
}

export function isTargetAlias(alias: string): boolean {
  return alias.startsWith(TARGET);
}

export function isOverwritingAlias(alias: string): boolean {
  return alias.startsWith(OVERWRITING);
}

/** The collection that a run builds beside `target` before it overwrites it. */
export function scratchName(target: string, runId: string): string {
  return `${target}__snapform_${digestOf(runId).slice(0, 8)}`;
}

/** The collection beside which a scratch collection was built; null for any other name. */
export function targetOfScratch(collection: string): string | null {
  return SCRATCH.exec(collection)?.[1] ?? null;
}

/** True when beside a collection of this name one can be built: it is a folder's name, in bytes. */
export function hasRoomForScratch(target: string): boolean {
  return Buffer.byteLength(target) + SCRATCH_SUFFIX_LENGTH <= NAME_LIMIT;
}

/** A run's id as it can stand in the name of a file and of an alias. */
function tagOf(runId: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(runId) ? runId : digestOf(runId).slice(0, 16);
}

function digestOf(runId: string): string {
  return createHash("sha256").update(runId).digest("hex");
}
