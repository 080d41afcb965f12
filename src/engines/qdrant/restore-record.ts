import type { CheckResult } from "../../snapshot/check.ts";
import type { Json } from "../../snapshot/json.ts";
import type { PointRange } from "../../snapshot/snapshot.ts";
import { scratchName } from "./marks.ts";

/** One file of a restore, as it must be found again without its source. */
export interface RecordedPiece {
  /** Counted from 1, in the order of the route. */
  readonly number: number;
  readonly part: string;
  /** The node that takes it. */
  readonly node: string;
  readonly size: number;
  readonly sha256: string | null;
}

/** What a run asks to be remembered, so that it can be finished or taken back after a death. */
export interface RestoreRecord {
  readonly format: 1;
  readonly runId: string;
  readonly target: string;
  /**
   * `restoring`: only what carries the run's marks has been touched. `overwriting`: the target is
   * being overwritten, so forward is the only way to something whole. `checked`: the target is
   * complete; only marks are left to be removed.
   */
  readonly phase: "restoring" | "overwriting" | "checked";
  /** The collection beside the target; null where the target itself is new. */
  readonly scratch: string | null;
  readonly pieces: readonly RecordedPiece[];
  /** The number of the piece that a server has whole and has not answered for; null for none. */
  readonly inFlight: number | null;
  /** How a collection looks that came from this snapshot; null where nobody recorded it. */
  readonly shape: { readonly shardCount: number; readonly schemaHash: string } | null;
  /** True from before the collection is made until it bears the mark. */
  readonly isMaking: boolean;
  /** True: the server makes the collection, so there is a moment when it bears no mark yet. */
  readonly serverMakes: boolean;
  /** How many points it must have; null where nobody counted. */
  readonly points: PointRange | null;
  /** The aliases that the target shall have again; null where nobody asked for them. */
  readonly aliases: readonly string[] | null;
  /** Set once it is checked. */
  readonly result: { readonly check: CheckResult; readonly copiedBytes: number } | null;
}

/** The record as it is stored. */
export function writeRecord(record: RestoreRecord): Json {
  return structuredClone(record) as unknown as Json;
}

/** Reads what a run has asked to be remembered; null for nothing, and for what is none of ours. */
export function readRecord(json: Json): RestoreRecord | null {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return null;
  const value = json as unknown as Partial<RestoreRecord>;
  const isOurs =
    value.format === 1 &&
    typeof value.runId === "string" &&
    typeof value.target === "string" &&
    (value.phase === "restoring" || value.phase === "overwriting" || value.phase === "checked") &&
    // What it names here is dropped one day, so it has to be the run's own name for it.
    (value.scratch === null || value.scratch === scratchName(value.target, value.runId)) &&
    Array.isArray(value.pieces) &&
    value.pieces.every(isPiece) &&
    (value.aliases === null || Array.isArray(value.aliases)) &&
    (value.inFlight === null || Number.isSafeInteger(value.inFlight)) &&
    (value.phase !== "checked" || typeof value.result === "object");
  return isOurs ? (value as RestoreRecord) : null;
}

function isPiece(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { number, part, node, size, sha256 } = value as Partial<RecordedPiece>;
  return (
    Number.isSafeInteger(number) &&
    typeof part === "string" &&
    typeof node === "string" &&
    Number.isSafeInteger(size) &&
    (sha256 === null || typeof sha256 === "string")
  );
}
