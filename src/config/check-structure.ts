import { shapeAt, type ObjectShape, type Shape } from "../desired/shape.ts";
import type { Json } from "../snapshot/manifest.ts";
import { formatPath, type Finding } from "./finding.ts";
import { validateConfig } from "./generated/validate.gen.ts";
import {
  keySpanAt,
  plainOf,
  spanAt,
  valueAt,
  type Located,
  type LocatedMap,
  type Path,
} from "./located.ts";
import { nearest, suggestion } from "./nearest.ts";
import { expected, found, oneOf } from "./wording.ts";

type Breach = ReturnType<typeof validateConfig>[number];

interface Scene {
  readonly root: LocatedMap;
  readonly shape: ObjectShape;
  readonly breaches: readonly Breach[];
}

const none: ReadonlySet<Located> = new Set();

/** What the schemas refuse, in plain words; and the values that all is said about with that. */
export function checkStructure(
  root: LocatedMap,
  shape: ObjectShape,
): { readonly findings: readonly Finding[]; readonly broken: ReadonlySet<Located> } {
  const broken = new Set<Located>();
  const breaches = validateConfig(plainOf(root, none));
  const findings = breaches.flatMap((breach) => {
    const path = pathOf(breach.instancePath, root);
    const value = valueAt(root, path);
    // Of a wrong type, what else the schema says about the value is no mistake of its own.
    if (isKnown(root, path) || (value && broken.has(value))) return [];
    const finding = findingOf(breach, path, value, { root, shape, breaches });
    const broke = finding && brokenBy(breach, path, root);
    if (broke && broke !== root) broken.add(broke);
    return finding ? [finding] : [];
  });
  return { findings, broken };
}

/** A missing key leaves the rest of its map as good as it is; an unknown one has a value itself. */
function brokenBy({ keyword, params }: Breach, path: Path, root: Located): Located | null {
  if (keyword === "required" || keyword === "propertyNames") return null;
  const unknown = params["additionalProperty"];
  return valueAt(root, typeof unknown === "string" ? [...path, unknown] : path);
}

function isKnown(root: Located, path: Path): boolean {
  return path.some((_, index) => valueAt(root, path.slice(0, index + 1))?.isBroken === true);
}

/** A JSON pointer as a path; steps into lists become numbers. */
function pathOf(pointer: string, root: Located): Path {
  const path: (string | number)[] = [];
  let here: Located | null = root;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const step: string | number = here?.kind === "list" ? Number(name) : name;
    path.push(step);
    here = here && valueAt(here, [step]);
  }
  return path;
}

function findingOf(
  { keyword, params }: Breach,
  path: Path,
  value: Located | null,
  scene: Scene,
): Finding | null {
  const { root, shape } = scene;
  const here = shapeAt(shape, path);
  const at = { path, span: spanAt(root, path) };
  switch (keyword) {
    case "required":
      return missingKeys(String(params["missingProperty"]), path, value, scene);
    case "additionalProperties":
      return unknownKey(String(params["additionalProperty"]), path, scene);
    case "propertyNames":
      return invalidName([...path, String(params["propertyName"])], root);
    case "type":
      return { ...at, ...wrongType(here, value) };
    case "enum":
      return { ...at, ...wrongChoice(params["allowedValues"] as readonly Json[], value, here) };
    case "const": {
      const only = oneOf([params["allowedValue"] as Json]);
      const detail = `Expected ${only}, the only version there is, found ${found(value, here)}.`;
      return { ...at, code: "wrong-value", summary: "Unsupported version", detail };
    }
    case "minimum":
    case "maximum": {
      const bound = keyword === "minimum" ? "at least" : "at most";
      const number = `${bound} ${String(params["limit"])}`;
      const detail = `Expected a whole number of ${number}, found ${found(value, here)}.`;
      return { ...at, code: "out-of-range", summary: "Number out of range", detail };
    }
    case "minItems": {
      const detail = here ? `Expected ${expected(here)}, found an empty list.` : "";
      return { ...at, code: "empty-list", summary: "Empty list", detail };
    }
    case "pattern":
      // Of a name, the breach of `propertyNames` tells the same.
      if (params["propertyName"] !== undefined || here?.kind === "map") return null;
      return { ...at, ...wrongText(here, value) };
    default:
      return { ...at, ...wrongText(here, value) };
  }
}

type Words = Pick<Finding, "code" | "summary" | "detail">;

function wrongType(shape: Shape | null, value: Located | null): Words {
  const what = shape === null ? "something else" : expected(shape);
  const isScalar = value?.kind === "scalar" && value.value !== null;
  const fromVariable =
    isScalar && typeof value.value === "string" && value.declared?.includes("${");
  const hint =
    shape?.kind === "text" &&
    isScalar &&
    !shape.choices &&
    !shape.sensitive &&
    !shape.format &&
    !shape.shorthand
      ? " Put it in quotes if it is meant as text."
      : fromVariable
        ? " What comes from the environment is always text."
        : "";
  const detail = `Expected ${what}, found ${found(value, shape)}.${hint}`;
  return { code: "wrong-type", summary: "Wrong type", detail };
}

function wrongChoice(choices: readonly Json[], value: Located | null, shape: Shape | null): Words {
  const text = value?.kind === "scalar" ? String(value.value) : "";
  const near = suggestion(text, choices.map(String));
  const detail = `Expected ${oneOf(choices)}, found ${found(value, shape)}. ${near}`.trimEnd();
  return { code: "wrong-value", summary: "Wrong value", detail };
}

function wrongText(shape: Shape | null, value: Located | null): Words {
  const what = shape === null ? "something else" : expected(shape);
  const detail = `Expected ${what}, found ${found(value, shape)}.`;
  return { code: "wrong-value", summary: "Wrong value", detail };
}

/** All keys that are missing in one map are one finding, told at the first of them. */
function missingKeys(
  key: string,
  path: Path,
  value: Located | null,
  { root, shape, breaches }: Scene,
): Finding | null {
  const here = shapeAt(shape, path);
  const fields = here?.kind === "object" ? Object.keys(here.fields) : [];
  const present = value?.kind === "map" ? [...value.entries.keys()] : [];
  // A key that is there has a finding of its own; a misspelt one has its suggestion.
  const meant = present
    .filter((name) => !fields.includes(name))
    .map((name) => nearest(name, fields));
  const missing = breaches
    .filter(({ keyword, instancePath }) => {
      return keyword === "required" && pointerOf(path) === instancePath;
    })
    .map(({ params }) => String(params["missingProperty"]))
    .filter((name) => !present.includes(name) && !meant.includes(name));
  if (missing[0] !== key) return null;
  const below = missing.length === 1 ? shapeAt(shape, [...path, key]) : null;
  const example = below ? `: ${expected(below)}` : "";
  const where = path.length === 0 ? "the configuration" : formatPath(path);
  const what =
    missing.length === 1
      ? `key "${key}" is`
      : `keys ${missing.map((name) => `"${name}"`).join(", ")} are`;
  const detail = `The ${what} missing in ${where}${example}.`;
  const span = path.length === 0 ? firstCharacter(root) : keySpanAt(root, path);
  return { code: "missing-key", summary: "Missing key", detail, path, span };
}

function pointerOf(path: Path): string {
  const parts = path.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1"));
  return parts.map((part) => `/${part}`).join("");
}

function firstCharacter({ span }: Located): Finding["span"] {
  return { ...span, end: Math.min(span.start + 1, span.end) };
}

function unknownKey(key: string, path: Path, { root, shape }: Scene): Finding {
  const here = shapeAt(shape, path);
  const keys = here?.kind === "object" ? Object.keys(here.fields) : [];
  const where = path.length === 0 ? "at the top level" : `in ${formatPath(path)}`;
  const known = keys.map((each) => `"${each}"`).join(", ");
  const near = suggestion(key, keys);
  const detail = `There is no key ${JSON.stringify(key)} ${where}. ${near}Known keys: ${known}.`;
  const span = keySpanAt(root, [...path, key]);
  return { code: "unknown-key", summary: "Unknown key", detail, path, span };
}

function invalidName(path: Path, root: Located): Finding {
  const detail =
    `${JSON.stringify(path.at(-1))} is not a valid name. ` +
    "A name consists of letters, digits, `_` and `-`, and does not begin with `-`.";
  const span = keySpanAt(root, path);
  return { code: "invalid-name", summary: "Invalid name", detail, path, span };
}
