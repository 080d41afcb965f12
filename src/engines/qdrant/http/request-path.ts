import { SnapformError } from "../../../errors/index.ts";

/** Values of a query; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The path of a request below a node's prefix. Segments are given as they are named, whatever
 * characters they hold, and are encoded here and nowhere else.
 *
 * @throws SnapformError `invalid-argument` for a segment that no path can carry: empty, `.` or
 * `..` (servers take those for steps in the path), or half of a surrogate pair
 */
export function requestPath(
  node: string,
  prefix: string,
  segments: readonly string[],
  query: Query = {},
): string {
  const path = segments.map((segment) => `/${encodeSegment(node, segment)}`).join("");
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`);
  const root = path === "" ? `${prefix}/` : `${prefix}${path}`;
  return pairs.length === 0 ? root : `${root}?${pairs.join("&")}`;
}

function encodeSegment(node: string, segment: string): string {
  if (/^\.{0,2}$/.test(segment) || !segment.isWellFormed()) {
    const shown = JSON.stringify(segment);
    throw new SnapformError("invalid-argument", `${node}: ${shown} cannot be a part of a path`);
  }
  return encodeURIComponent(segment);
}
