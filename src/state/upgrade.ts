import { assert } from "../errors/index.ts";

/** A state document as it was read, of any version. */
export type StateDocument = Readonly<Record<string, unknown>>;

/** Turns a document of one format version into one of the next. Pure. */
export type Upgrade = (document: StateDocument) => StateDocument;

/** By the version that it upgrades from. Version 1 is the first, so there is nothing yet. */
export const UPGRADES: Readonly<Record<number, Upgrade>> = Object.freeze({});

/** Whether there is a way from one version up to another. */
export function isUpgradable(from: number, to: number, table: typeof UPGRADES): boolean {
  for (let version = from; version < to; version += 1) {
    if (!Object.hasOwn(table, version)) return false;
  }
  return from <= to;
}

/**
 * The document in a newer format, step by step. The file itself changes only when the state is
 * written the next time.
 */
export function upgradeState(
  document: StateDocument,
  from: number,
  to: number,
  table: typeof UPGRADES = UPGRADES,
): StateDocument {
  let current = document;
  for (let version = from; version < to; version += 1) {
    const upgrade = table[version];
    assert(upgrade !== undefined, `there is no way up from state format ${version}`);
    current = { ...upgrade(current), formatVersion: version + 1 };
  }
  return current;
}
