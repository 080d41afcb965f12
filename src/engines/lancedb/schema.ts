import type { Json } from "../../snapshot/manifest.ts";
import type { LanceField, LanceVersion } from "./lance-version.ts";

/** The columns of a version as JSON: name, type, dimension of a vector, nested columns. */
export function schemaOf(version: LanceVersion): Json {
  return { fields: childrenOf(-1, version.fields) };
}

/** A column of floating point vectors. */
export interface VectorColumn {
  readonly name: string;
  readonly dimension: number;
}

/** Top-level columns that a nearest-neighbour query can be asked of. */
export function vectorColumns(version: LanceVersion): VectorColumn[] {
  return version.fields.flatMap((field) => {
    const vector = /^fixed_size_list:(?:float|double|halffloat):(\d+)$/.exec(field.type);
    if (field.parentId !== -1 || vector === null) return [];
    return [{ name: field.name, dimension: Number(vector[1]) }];
  });
}

function childrenOf(parentId: number, fields: readonly LanceField[], depth = 0): Json[] {
  // Lance nests a handful of levels; a manifest whose parents form a circle must not recurse.
  if (depth > 64) return [];
  return fields
    .filter((field) => field.parentId === parentId && field.id !== parentId)
    .map((field) => {
      const dimension = /^fixed_size_list:.*:(\d+)$/.exec(field.type)?.[1];
      const children = childrenOf(field.id, fields, depth + 1);
      return {
        name: field.name,
        type: field.type,
        nullable: field.nullable,
        ...(dimension === undefined ? {} : { dimension: Number(dimension) }),
        ...(children.length === 0 ? {} : { fields: children }),
      };
    });
}
