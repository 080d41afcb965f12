import { parseInstant } from "../../../clock/instant.ts";

/** What the name of a snapshot's file says. */
export interface SnapshotName {
  readonly kind: "collection" | "shard";
  /** The peer that made it; null for shards, whose names do not tell. */
  readonly peerId: string | null;
  readonly shardId: number | null;
  /** When it was made, RFC 3339 in UTC, to the second. */
  readonly at: string;
}

const ending = /-(\d+)-(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)\.snapshot$/;

/**
 * Reads `{collection}-{peer}-{time}.snapshot` and `{collection}-shard-{id}-{time}.snapshot`. It is
 * read from the right and held against the collection's name, because that may hold dashes, digits
 * and even a time. Null for any other name, such as one that a person chose.
 */
export function parseSnapshotName(name: string, collection: string): SnapshotName | null {
  const match = ending.exec(name);
  if (match === null) return null;
  const [, number = "", day, hour, minute, second] = match;
  const at = instantOf(`${day}T${hour}:${minute}:${second}Z`);
  if (at === null) return null;
  const before = name.slice(0, match.index);
  if (before === collection) {
    return Object.freeze({ kind: "collection", peerId: number, shardId: null, at });
  }
  if (before === `${collection}-shard`) {
    return Object.freeze({ kind: "shard", peerId: null, shardId: Number(number), at });
  }
  return null;
}

function instantOf(text: string): string | null {
  try {
    return parseInstant(text).toISOString();
  } catch {
    return null;
  }
}
