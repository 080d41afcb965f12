import { createHash } from "node:crypto";
import { SnapformError } from "../../errors/index.ts";

/** What a collection holds: one embedded text. */
export interface MemoryPoint {
  readonly id: string;
  readonly text: string;
  readonly vector: readonly number[];
}

/** The points of a collection by id. Never changed: a write makes another one. */
export type MemoryPoints = ReadonlyMap<string, MemoryPoint>;

/** How many points a file of a snapshot holds at most. */
const POINTS_PER_FILE = 64;
const CHUNK_BYTES = 16 * 1024;

export interface MemoryFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export function sortedPoints(points: MemoryPoints): MemoryPoint[] {
  return [...points.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The points as files, the same bytes for the same points. */
export function encodePoints(points: MemoryPoints): MemoryFile[] {
  const lines = sortedPoints(points).map(lineOf);
  const count = Math.max(1, Math.ceil(lines.length / POINTS_PER_FILE));
  return Array.from({ length: count }, (_, index) => {
    const own = lines.slice(index * POINTS_PER_FILE, (index + 1) * POINTS_PER_FILE);
    const path = `points/${String(index).padStart(4, "0")}.jsonl`;
    return { path, bytes: new TextEncoder().encode(own.join("")) };
  });
}

/** The points in the text of one or several files, one after another. */
export function decodePoints(text: string): MemoryPoint[] {
  try {
    const lines = text.split("\n").filter((line) => line !== "");
    return lines.map((line) => {
      const { id, text: body, vector } = JSON.parse(line) as MemoryPoint;
      return Object.freeze({ id, text: body, vector: Object.freeze([...vector]) });
    });
  } catch (error) {
    throw new SnapformError("corrupt", "a file of the snapshot holds no points", { cause: error });
  }
}

/** Tells contents apart, whatever the order in which they were written. */
export function contentHash(points: MemoryPoints): string {
  const hash = createHash("sha256");
  for (const point of sortedPoints(points)) hash.update(lineOf(point));
  return hash.digest("hex");
}

/** The bytes from `offset` on, in several chunks. */
export async function* chunksOf(
  bytes: Uint8Array,
  offset: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let at = offset; at < bytes.length; at += CHUNK_BYTES) {
    signal.throwIfAborted();
    yield bytes.subarray(at, at + CHUNK_BYTES);
  }
}

/** The node that a point lies on, of `count`. */
export function nodeOf(id: string, count: number): number {
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % count;
}

/** The points that lie on one node. */
export function pointsOn(points: MemoryPoints, node: number, count: number): MemoryPoints {
  return new Map([...points].filter(([id]) => nodeOf(id, count) === node));
}

function lineOf(point: MemoryPoint): string {
  return `${JSON.stringify({ id: point.id, text: point.text, vector: point.vector })}\n`;
}
