import { isPlain } from "./attributes.ts";

/**
 * Attributes with the escape hatches over them, as the engine merges the two: undefined takes away,
 * lists grow.
 */
export function overridden(below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) return [...below, ...above];
  if (!isPlain(above)) return above;
  const result: Record<string, unknown> = isPlain(below) ? { ...below } : {};
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) delete result[key];
    else result[key] = overridden(result[key], value);
  }
  return result;
}
