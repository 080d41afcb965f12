import type { DesiredMove } from "./desired.ts";

/**
 * Moves with chains followed to their end: of `a` to `b` and `b` to `c`, `a` also ends at `c`, so
 * that a history is found however many renames ago it was written. Sorted by `from`.
 */
export function followMoves(moves: readonly DesiredMove[]): readonly DesiredMove[] {
  const next = new Map(moves.map(({ from, to }) => [from, to]));
  return [...next.keys()].sort().map((from) => Object.freeze({ from, to: endOf(from, next) }));
}

/** The addresses of a move that leads back to where it began; empty when there is none. */
export function cycleFrom(from: string, moves: readonly DesiredMove[]): readonly string[] {
  const next = new Map(moves.map((move) => [move.from, move.to]));
  const seen = [from];
  for (let to = next.get(from); to !== undefined; to = next.get(to)) {
    if (to === from) return [...seen, from];
    if (seen.includes(to)) return [];
    seen.push(to);
  }
  return [];
}

function endOf(from: string, next: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  let here = from;
  for (let to = next.get(here); to !== undefined && !seen.has(to); to = next.get(here)) {
    seen.add(to);
    here = to;
  }
  return here;
}
