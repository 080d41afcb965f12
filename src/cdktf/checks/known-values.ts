// checks/: what is wrong with constructs, said by the same checks that YAML and the provider go
// through. May know the bindings' values and terraform/schema. Invariant: what a token stands for
// is unknown and nothing is said about it; nothing is guessed.
import { Token } from "cdktf";
import {
  UNKNOWN,
  type TerraformObject,
  type TerraformValue,
} from "../../terraform/schema/schema.ts";
import { isPlain } from "../l1/attributes.ts";

/** Attributes as the checks read them; tokens and expressions are unknown. */
export function knownValues(attributes: object): TerraformObject {
  const entries = Object.entries(attributes).flatMap(([name, value]: [string, unknown]) =>
    value === undefined ? [] : [[name, known(value)] as const],
  );
  return Object.fromEntries(entries);
}

function known(value: unknown): TerraformValue {
  if (value === null || typeof value === "boolean") return value;
  if (Token.isUnresolved(value)) return UNKNOWN;
  if (typeof value === "number") return value;
  if (typeof value === "string") return isTemplate(value) ? UNKNOWN : unescaped(value);
  if (Array.isArray(value)) return value.map(known);
  return isPlain(value) ? knownValues(value) : UNKNOWN;
}

/** Text in which Terraform replaces something. */
function isTemplate(text: string): boolean {
  return /(?<![$])\$\{|(?<![%])%\{/.test(text);
}

function unescaped(text: string): string {
  return text.replace(/([$%])\1\{/g, "$1{");
}
