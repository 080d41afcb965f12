import { refuse } from "./answer.ts";
import type { FakePoint, JsonObject } from "./world.ts";

const DISTANCES = ["Cosine", "Dot", "Euclid", "Manhattan"] as const;
type Distance = (typeof DISTANCES)[number];

export interface VectorParams {
  readonly size: number;
  readonly distance: Distance;
}

/** The vectors of a collection by name; the only one without a name has the empty one. */
export function vectorsOf(vectors: JsonObject): ReadonlyMap<string, VectorParams> {
  if ("size" in vectors || "distance" in vectors) return new Map([["", paramsOf(vectors)]]);
  return new Map(Object.entries(vectors).map(([name, params]) => [name, paramsOf(params)]));
}

function paramsOf(value: unknown): VectorParams {
  const { size, distance } = (value ?? {}) as Partial<VectorParams>;
  if (!DISTANCES.some((each) => each === distance)) {
    const known = DISTANCES.map((each) => `\`${each}\``).join(", ");
    const found = `unknown variant \`${String(distance)}\`, expected one of ${known}`;
    refuse(400, `Format error in JSON body: ${found}`);
  }
  if (typeof size !== "number" || !Number.isInteger(size) || size < 1 || size > 65536) {
    const found = `value ${String(size)} invalid, must be from 1 to 65536`;
    refuse(422, `Validation error in JSON body: [vectors.size: ${found}]`);
  }
  return { size, distance: distance as Distance };
}

/** The nearest points by comparing with every one; the best first, with their scores. */
export function nearest(
  points: readonly FakePoint[],
  vectors: JsonObject,
  query: { readonly vector: readonly number[]; readonly using: string },
): readonly { readonly point: FakePoint; readonly score: number }[] {
  const params = vectorsOf(vectors).get(query.using);
  if (!params) refuse(400, `Wrong input: Not existing vector name error: ${query.using}`);
  if (params.size !== query.vector.length) {
    const sizes = `expected dim: ${params.size}, got ${query.vector.length}`;
    refuse(400, `Wrong input: Vector dimension error: ${sizes}`);
  }
  const lowIsNear = params.distance === "Euclid" || params.distance === "Manhattan";
  const scored = points.flatMap((point) => {
    const vector = vectorNamed(point, query.using);
    return vector ? [{ point, score: score(params.distance, query.vector, vector) }] : [];
  });
  return scored.toSorted((a, b) => (lowIsNear ? a.score - b.score : b.score - a.score));
}

/** The vector of a point that has that name. */
export function vectorNamed({ vector }: FakePoint, name: string): readonly number[] | null {
  if (Array.isArray(vector)) return name === "" ? (vector as readonly number[]) : null;
  const found = (vector as JsonObject)[name];
  return Array.isArray(found) ? (found as readonly number[]) : null;
}

function score(distance: Distance, a: readonly number[], b: readonly number[]): number {
  const over = (each: (x: number, y: number) => number): number =>
    a.reduce((sum, value, index) => sum + each(value, b[index] ?? 0), 0);
  if (distance === "Euclid") return Math.sqrt(over((x, y) => (x - y) ** 2));
  if (distance === "Manhattan") return over((x, y) => Math.abs(x - y));
  const dot = over((x, y) => x * y);
  if (distance === "Dot") return dot;
  const norm = Math.hypot(...a) * Math.hypot(...b);
  return norm === 0 ? 0 : dot / norm;
}
