import { formatPath } from "../../config/finding.ts";
import { camelCase } from "../../terraform/schema/names.ts";
import type { Mistake } from "../../terraform/schema/mistake.ts";
import { PROVIDER_SCHEMA } from "../../terraform/schema/provider-schema.gen.ts";
import { isNested, type Attributes } from "../../terraform/schema/schema.ts";

const { provider, resources, dataSources } = PROVIDER_SCHEMA;
const schemas = [provider, ...Object.values(resources), ...Object.values(dataSources)];
const compound = [...new Set(schemas.flatMap(({ attributes }) => namesIn(attributes)))].filter(
  (name) => name.includes("_"),
);
const compoundName = new RegExp(`\\b(${compound.join("|")})\\b`, "g");

/** A mistake as one sentence of a TypeScript program: where in the properties, and what. */
export function inTypeScript({ path, summary, detail }: Mistake): string {
  const where = formatPath(path.map((step) => (typeof step === "string" ? camelCase(step) : step)));
  // The detail names a longer path itself.
  const text = detail.replace(/^At [^ ]+: /, "");
  const words = text
    .replace(compoundName, (name) => camelCase(name))
    .replace(/`[^`]+`/g, (code) => code.replaceAll(" = ", ": "));
  return `${where === "" ? "" : `${where}: `}${summary}. ${words}`;
}

function namesIn(attributes: Attributes): string[] {
  return Object.entries(attributes).flatMap(([name, each]) => [
    name,
    ...(isNested(each) ? namesIn(each.nested.attributes) : []),
  ]);
}
