import { parseSpan } from "../../clock/duration.ts";
import { parseInstant } from "../../clock/instant.ts";
import { at } from "./canonical-value.ts";
import type { Mistake } from "./mistake.ts";
import { isNested, UNKNOWN, type Attributes, type ValueAttribute } from "./schema.ts";
import type { TerraformObject, TerraformValue } from "./schema.ts";

type Fault = Pick<Mistake, "code" | "summary" | "detail">;

/**
 * Holds the plain attributes of an object against their schema: for what only Terraform has. What
 * YAML has too is checked by config/.
 */
export function checkAttributes(attributes: Attributes, value: TerraformObject): Mistake[] {
  return Object.entries(attributes).flatMap(([name, attribute]): Mistake[] => {
    if (isNested(attribute)) return [];
    const fault = faultOf(attribute, at(value, name));
    return fault ? [{ severity: "error", ...fault, path: [name] }] : [];
  });
}

function faultOf(attribute: ValueAttribute, value: TerraformValue): Fault | null {
  if (value === null || value === UNKNOWN) return null;
  if (typeof value === "string") return textFault(attribute, value);
  return typeof value === "number" ? numberFault(attribute, value) : null;
}

function textFault({ enum: choices, format, pattern }: ValueAttribute, text: string): Fault | null {
  const found = JSON.stringify(text);
  const refuse = (detail: string): Fault => {
    return { code: "wrong-value", summary: "Wrong value", detail };
  };
  if (choices && !choices.includes(text)) {
    return refuse(`Expected one of ${choices.join(", ")}, found ${found}.`);
  }
  if (pattern !== undefined && !new RegExp(pattern, "u").test(text)) {
    return refuse(`Expected text of the form ${pattern}, found ${found}.`);
  }
  try {
    if (format === "span") parseSpan(text);
    if (format === "instant") parseInstant(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(`${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`);
  }
  return null;
}

function numberFault({ minimum, maximum }: ValueAttribute, value: number): Fault | null {
  const isIn = value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
  if (isIn && Number.isInteger(value)) return null;
  const range = [
    ...(minimum === undefined ? [] : [` of at least ${minimum}`]),
    ...(maximum === undefined ? [] : [` of at most ${maximum}`]),
  ].join(",");
  const detail = `Expected a whole number${range}, found ${value}.`;
  return { code: "out-of-range", summary: "Number out of range", detail };
}
