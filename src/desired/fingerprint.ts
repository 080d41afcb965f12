import { hash } from "node:crypto";
import { isAbsolute, relative, resolve } from "node:path";
import type { Json } from "../snapshot/manifest.ts";
import type { SnapformFilled } from "./filled.gen.ts";
import { CONFIG_SHAPE } from "./shape.gen.ts";
import type { Shape } from "./shape.ts";

type Path = readonly (string | number)[];

/**
 * SHA-256, in lower-case hexadecimal, over a configuration with its defaults filled in. Independent
 * of the order of keys, of where a checkout lies (relative paths count from `folder`) and of
 * secrets, which are left out.
 */
export function fingerprint(
  config: SnapformFilled,
  folder: string,
  folderOf: (path: Path) => string,
): string {
  const portable = (shape: Shape, value: Json, path: Path): Json | undefined => {
    if (shape.kind === "list") {
      return (value as readonly Json[]).map((each, index) => {
        return portable(shape.items, each, [...path, index]) ?? null;
      });
    }
    if (shape.kind === "object" || shape.kind === "map") {
      const fields = value as Readonly<Record<string, Json>>;
      const keys = Object.keys(fields).sort();
      return keys.map((key): Json => {
        const below = shape.kind === "map" ? shape.values : shape.fields[key];
        const given = fields[key];
        if (below === undefined || given === undefined) return [];
        const inner = portable(below, given, [...path, key]);
        return inner === undefined ? [] : [key, inner];
      });
    }
    if (shape.sensitive) return undefined;
    if (shape.format !== "path" || typeof value !== "string" || isAbsolute(value)) return value;
    return relative(folder, resolve(folderOf(path), value)).replaceAll("\\", "/");
  };
  // Which file a move stands in, and so its place in the list, means nothing.
  const moved = config.moved.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const text = JSON.stringify(portable(CONFIG_SHAPE, { ...config, moved } as unknown as Json, []));
  return hash("sha256", text);
}
