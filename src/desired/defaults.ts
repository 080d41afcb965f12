import type { Json } from "../snapshot/manifest.ts";
import type { SnapformConfig } from "./canonical.ts";
import type { SnapformFilled } from "./filled.gen.ts";
import { CONFIG_SHAPE } from "./shape.gen.ts";
import type { ObjectShape, Shape } from "./shape.ts";

type Fields = Readonly<Record<string, Json | undefined>>;

/**
 * The configuration with every default of the schemas filled in. A map or list that is left out
 * becomes an empty one, an object that is left out becomes one of its defaults.
 */
export function withDefaults(config: SnapformConfig): SnapformFilled {
  return fill(CONFIG_SHAPE, config as unknown as Json) as unknown as SnapformFilled;
}

function fill(shape: Shape, value: Json): Json {
  switch (shape.kind) {
    case "object":
      return fillObject(shape, value as Fields);
    case "map": {
      const entries = Object.entries(value as Fields);
      return Object.fromEntries(
        entries.map(([key, each]) => [key, fill(shape.values, each ?? {})]),
      );
    }
    case "list":
      return (value as readonly Json[]).map((each) => fill(shape.items, each));
    case "text":
    case "integer":
    case "boolean":
      return value;
  }
}

function fillObject(shape: ObjectShape, given: Fields): Json {
  const filled: Record<string, Json> = {};
  for (const [key, field] of Object.entries(shape.fields)) {
    const value = given[key] ?? fallback(field);
    if (value !== undefined) filled[key] = fill(field, value);
  }
  return filled;
}

function fallback(shape: Shape): Json | undefined {
  if (shape.default !== undefined) return shape.default;
  if (shape.kind === "list") return [];
  return shape.kind === "object" || shape.kind === "map" ? {} : undefined;
}
