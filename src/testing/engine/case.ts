// The cases of the engine contract, by subject, and the bench on which they work. May know the
// engine's interface and the words, and of an engine only what its harness offers. Invariant: a
// case touches only collections that it has named itself, and removes them when it ends.
import type { Clock } from "../../clock/clock.ts";
import type { EngineDriver } from "../../engine/driver.ts";
import type { Capabilities } from "../../snapshot/capabilities.ts";

/** A point that every database can hold; its numbers survive single precision. */
export interface ContractPoint {
  /** At least 1, unique in its collection. */
  readonly id: number;
  readonly text: string;
  /** Four numbers. */
  readonly vector: readonly number[];
}

/** A driver whose process can die. */
export interface MortalDriver {
  readonly driver: EngineDriver;
  /** Resolves when it has died. Its pending call then never ends, and clears nothing. */
  readonly died: Promise<void>;
}

/** What the tests of an engine supply: the cluster, and the hands of its user. */
export interface EngineHarness {
  /**
   * A place of its own for one case, removed by `discard`; absent where there is only the cluster
   * itself. What a case that plays a death leaves behind must not be found by the next one.
   */
  readonly fresh?: () => Promise<{
    readonly harness: EngineHarness;
    readonly discard: () => Promise<void>;
  }>;
  /** The cluster's name. */
  readonly cluster: string;
  readonly clock: Clock;
  /** What names of collections begin with; must end as the default, `snapform-test-`, does. */
  readonly prefix?: string;
  /** Opens the cluster as another process would. */
  open(): Promise<EngineDriver>;
  /** Makes a collection; `already-exists` or any other error when there is one. */
  create(collection: string, points: readonly ContractPoint[]): Promise<void>;
  /** Adds points in one call; resolves when a reader sees them. */
  write(collection: string, points: readonly ContractPoint[]): Promise<void>;
  remove(collection: string, ids: readonly number[]): Promise<void>;
  /** Drops a collection with its aliases; one that is gone already is a success. */
  drop(collection: string): Promise<void>;
  /** All points in any order; null when there is no such collection (or alias). */
  read(collection: string): Promise<readonly ContractPoint[] | null>;
  /** Does to a collection what the database does by itself: compaction, cleanup. */
  tidy?(collection: string): Promise<void>;
  /** What unfinished captures and restores have left aside, by name. */
  leftovers?(): Promise<readonly string[]>;
  /** Opens a driver that dies just before its `count`th change to the world. */
  openMortal?(count: number): Promise<MortalDriver>;
}

/** Null: the case applies. Else why it does not, for everybody to read. */
export type Need = (capabilities: Capabilities, harness: EngineHarness) => string | null;

/** One case of the contract. Run those whose `needs` is absent or answers null. */
export interface EngineCase {
  readonly title: string;
  readonly needs?: Need;
  run(harness: EngineHarness): Promise<void>;
}

export const needsCapture: Need = ({ create }) =>
  create === "capture" ? null : "snapshots are kept by the cluster";

export const needsNative: Need = ({ create }) =>
  create === "native" ? null : "snapshots are born in a repository";

/** Snapshots can be held in a repository, whether born there or copied out. */
export const needsRepository: Need = ({ create, copyOut }) =>
  create === "capture" || copyOut ? null : "snapshots cannot leave the cluster";

export const needsMortal: Need = (_capabilities, harness) =>
  harness.openMortal ? null : "the harness has no driver that dies";

export const needsInPlace: Need = ({ restore }) =>
  restore.inPlace ? null : "a live collection cannot be rolled back";

export const needsOverwrite: Need = ({ restore }) =>
  restore.overwrite ? null : "a collection cannot be replaced";

export const needsAlias: Need = ({ restore }) =>
  restore.alias ? null : "an alias cannot be moved in one step";

export const needsExclusive: Need = ({ restore }) =>
  restore.isExclusive ? null : "a name cannot be taken in one step";

export const needsIdentity: Need = ({ tellsCollectionsApart }) =>
  tellsCollectionsApart ? null : "collections of one name cannot be told apart";

/** The other side of a need. */
export function without(need: Need, reason: string): Need {
  return (capabilities, harness) => (need(capabilities, harness) === null ? reason : null);
}

export function all(...needs: readonly Need[]): Need {
  return (capabilities, harness) => {
    for (const need of needs) {
      const reason = need(capabilities, harness);
      if (reason !== null) return reason;
    }
    return null;
  };
}
