import { formatPath } from "../../config/finding.ts";
import { variableName } from "../../terraform/schema/environment.ts";
import { camelCase } from "../../terraform/schema/names.ts";
import { PROVIDER_SCHEMA } from "../../terraform/schema/provider-schema.gen.ts";
import {
  isNested,
  type Attribute,
  type Attributes,
  type TerraformObject,
  type TerraformValue,
} from "../../terraform/schema/schema.ts";
import { knownValues } from "./known-values.ts";

type Path = readonly (string | number)[];

/**
 * One sentence for each secret of a provider that stands in the program as plain text, without the
 * secret: synthesis writes it into cdk.tf.json. Tokens and expressions are what should stand there.
 */
export function writtenSecrets(attributes: object): readonly string[] {
  return inObject(PROVIDER_SCHEMA.provider.attributes, knownValues(attributes), []);
}

function inObject(attributes: Attributes, value: TerraformObject, path: Path): readonly string[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    inAttribute(attribute, value[name], [...path, name]),
  );
}

function inAttribute(
  attribute: Attribute,
  value: TerraformValue | undefined,
  path: Path,
): readonly string[] {
  if (!isNested(attribute)) {
    const isWritten = attribute.sensitive === true && typeof value === "string" && value !== "";
    return isWritten ? [sentence(path, attribute.environment)] : [];
  }
  const { mode, attributes } = attribute.nested;
  if (typeof value !== "object" || value === null) return [];
  if (mode === "single") return inObject(attributes, value as TerraformObject, path);
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, each]: [string, TerraformValue]) => {
    if (typeof each !== "object" || each === null) return [];
    return inObject(attributes, each as TerraformObject, [...path, isList ? Number(key) : key]);
  });
}

function sentence(path: Path, environment: string | undefined): string {
  const [section, cluster = "", ...fields] = path;
  const names = [section, cluster, ...fields.map(inTypeScript)].filter(
    (step) => step !== undefined,
  );
  const orElse =
    environment === undefined
      ? ""
      : `, or leave it out and set ${variableName(String(cluster), environment)} where it runs`;
  return (
    `${formatPath(names)}: Secret in plain text. Synthesis writes it into cdk.tf.json as it is. ` +
    `Give Terraform a variable (\`new TerraformVariable(..., { sensitive: true })\`)${orElse}.`
  );
}

function inTypeScript(step: string | number): string | number {
  return typeof step === "string" ? camelCase(step) : step;
}
