import type { MemoryPoint } from "../../src/engines/memory/content.ts";

/** Points with ids from `from` on; another `edition` has other contents under the same ids. */
export function pointsOf(from: number, count: number, edition = 0): MemoryPoint[] {
  return Array.from({ length: count }, (_, index) => {
    const id = String(from + index);
    return { id, text: `${id} in edition ${edition}`, vector: [from + index, edition, 1, 0.5] };
  });
}
