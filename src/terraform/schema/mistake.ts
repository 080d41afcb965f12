import { formatPath } from "../../config/finding.ts";
import { snakeCase } from "./names.ts";
import { isNested, type Attribute, type Attributes } from "./schema.ts";
import { inHclWords } from "./words.ts";

/** Names of attributes, keys of maps, positions in lists; the schema tells which is which. */
export type Path = readonly (string | number)[];

/**
 * What is wrong with a value, and where. Terraform has a line for the first step of a path only,
 * so of a longer one the detail names the whole.
 */
export interface Mistake {
  readonly severity: "error" | "warning";
  /** As of the diagnostics of YAML: `cron-never-fires`, `unknown-reference`, ... */
  readonly code: string;
  readonly summary: string;
  /** Full sentences in the words of HCL; no secret. */
  readonly detail: string;
  /** Names in snake_case; empty for the object as a whole. */
  readonly path: Path;
}

/** A mistake of a configuration in its canonical form, in the places and words of HCL. */
export function mistakeAt(
  attributes: Attributes,
  place: Path,
  { severity, code, summary, detail }: Omit<Mistake, "path">,
): Mistake {
  const path = attributePath(attributes, place);
  return belowLine({ severity, code, summary, detail: inHclWords(detail), path });
}

/** The mistake with its path in the detail, where Terraform cannot show it. */
export function belowLine(mistake: Mistake): Mistake {
  const { path, detail } = mistake;
  const where = path.length > 1 ? `At ${formatPath(path)}: ` : "";
  return Object.freeze({ ...mistake, detail: `${where}${detail}` });
}

export function hasErrors(mistakes: readonly Mistake[]): boolean {
  return mistakes.some(({ severity }) => severity === "error");
}

/**
 * The place in HCL of a place in the canonical form. Where the schema ends the path ends too, so
 * that it always leads to something that Terraform knows.
 */
function attributePath(attributes: Attributes, [step, ...rest]: Path): Path {
  const name = snakeCase(String(step));
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return attribute === undefined ? [] : [name, ...pathBelow(attribute, rest)];
}

function pathBelow(attribute: Attribute, path: Path): Path {
  if (!isNested(attribute)) return typeof attribute.type === "string" ? [] : path.slice(0, 1);
  const { mode, attributes } = attribute.nested;
  if (mode === "single") return attributePath(attributes, path);
  const [key, ...rest] = path;
  return key === undefined ? [] : [key, ...attributePath(attributes, rest)];
}
