import { parseInstant } from "../../../clock/instant.ts";
import { field, optional, readCount, readText, type Read } from "./shape.ts";
import { parseSnapshotName } from "./snapshot-name.ts";

/** A snapshot's file as the node that holds it lists it. */
export interface SnapshotDescription {
  readonly name: string;
  readonly size: number;
  /** RFC 3339 in UTC: from the name where it tells, else the file's; null when neither does. */
  readonly createdAt: string | null;
  /** Lower-case SHA-256; null for uploaded files, for S3, and before 1.8. */
  readonly checksum: string | null;
}

/** Reads the description of a snapshot of `collection`. */
export function readSnapshotDescription(collection: string): Read<SnapshotDescription> {
  return (value, at) => {
    const name = field(value, "name", at, readText);
    const fileAt = field(value, "creation_time", at, optional(readUtc));
    const checksum = field(value, "checksum", at, optional(readText));
    return Object.freeze({
      name,
      size: field(value, "size", at, readCount),
      createdAt: parseSnapshotName(name, collection)?.at ?? fileAt,
      checksum: checksum === null ? null : checksum.toLowerCase(),
    });
  };
}

/** Servers leave the zone out and mean UTC. A time that cannot be read must not hide the file. */
const readUtc: Read<string | null> = (value) => {
  if (typeof value !== "string") return null;
  const hasZone = /([zZ]|[+-]\d\d:\d\d)$/.test(value);
  try {
    return parseInstant(hasZone ? value : `${value}Z`).toISOString();
  } catch {
    return null;
  }
};
