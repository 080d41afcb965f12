import { parseSnapshotName } from "./api/snapshot-name.ts";

/** A file that a node named by itself: who made it, and when by its own clock. */
export interface KeyPart {
  readonly peerId: string;
  /** `YYYY-MM-DD-HH-MM-SS`, UTC, as in the file's name. */
  readonly time: string;
}

/** What a key stands for. */
export type SnapshotKey =
  | { readonly kind: "set"; readonly parts: readonly KeyPart[] }
  /** A file that a person brought: on one node, under a name of theirs. */
  | { readonly kind: "file"; readonly node: string; readonly file: string };

const FILE = "file:";
const PART = /^(\d+)@(\d{4}(?:-\d\d){5})$/;

/** The key of a set of files: the same whatever the order of the nodes. */
export function formatKey(parts: readonly KeyPart[]): string {
  const texts = parts.map(({ peerId, time }) => `${peerId}@${time}`);
  return [...new Set(texts)].toSorted().join("+");
}

/** The key of a file whose name does not say who made it. A node's name may hold slashes. */
export function formatFileKey(node: string, file: string): string {
  return `${FILE}${node}/${file}`;
}

/** Null for what is no key of this engine. */
export function parseKey(key: string): SnapshotKey | null {
  if (key.startsWith(FILE)) {
    const cut = key.lastIndexOf("/");
    const [node, file] = [key.slice(FILE.length, cut), key.slice(cut + 1)];
    return cut < 0 || node === "" || file === "" ? null : { kind: "file", node, file };
  }
  const matches = key.split("+").map((text) => PART.exec(text));
  const parts: KeyPart[] = [];
  for (const match of matches) {
    if (match?.[1] === undefined || match[2] === undefined) return null;
    parts.push({ peerId: match[1], time: match[2] });
  }
  return { kind: "set", parts };
}

/** The name that a node gives to its file. */
export function snapshotFileName(collection: string, { peerId, time }: KeyPart): string {
  return `${collection}-${peerId}-${time}.snapshot`;
}

/** What a node's own name for a snapshot of `collection` says; null for every other file. */
export function parseSnapshotFile(collection: string, file: string): KeyPart | null {
  const name = parseSnapshotName(file, collection);
  if (name?.kind !== "collection" || name.peerId === null) return null;
  return { peerId: name.peerId, time: name.at.slice(0, 19).replace(/[T:]/g, "-") };
}

/** RFC 3339 of a time as names have it; it has no zone there and means UTC. */
export function instantOfName(time: string): string {
  const [year, month, day, hour, minute, second] = time.split("-");
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}
