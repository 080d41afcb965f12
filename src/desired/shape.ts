import type { Json } from "../snapshot/manifest.ts";

/** Another way to write a value in YAML: what it looks like, and what it stands for. */
export interface Shorthand {
  readonly accepts: { readonly const?: Json; readonly type?: string; readonly minimum?: number };
  /** `"$value"` stands for the value, `"$text"` for its text. */
  readonly becomes: Json;
}

interface AnyShape {
  /** What it is, in words for a message: `list of patterns`. */
  readonly title: string;
  readonly example?: Json;
  readonly default?: Json;
  readonly shorthand?: readonly Shorthand[];
}

export interface ObjectShape extends AnyShape {
  readonly kind: "object";
  readonly fields: Readonly<Record<string, Shape>>;
}

/** Any names, each with a value of one shape. */
export interface MapShape extends AnyShape {
  readonly kind: "map";
  readonly values: Shape;
}

export interface ListShape extends AnyShape {
  readonly kind: "list";
  readonly items: Shape;
}

export interface ScalarShape extends AnyShape {
  readonly kind: "text" | "integer" | "boolean";
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** What the text means beyond being text. */
  readonly format?: "path" | "span" | "duration";
  /** Its values are shown to nobody. */
  readonly sensitive?: boolean;
}

/** What the schemas say about a part of the configuration, as far as the program needs it. */
export type Shape = ObjectShape | MapShape | ListShape | ScalarShape;

/** The shape of what lies at a step below; null where nothing can. */
export function shapeBelow(shape: Shape, step: string | number): Shape | null {
  switch (shape.kind) {
    case "object":
      return (Object.hasOwn(shape.fields, step) ? shape.fields[step] : null) ?? null;
    case "map":
      return shape.values;
    case "list":
      return shape.items;
    case "text":
    case "integer":
    case "boolean":
      return null;
  }
}

/** The shape at a path; null where nothing can be. */
export function shapeAt(shape: Shape, path: readonly (string | number)[]): Shape | null {
  let here: Shape | null = shape;
  for (const step of path) here = here && shapeBelow(here, step);
  return here;
}
