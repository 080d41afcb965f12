import { camelCase } from "../../../src/terraform/schema/names.ts";
import {
  isNested,
  type Attribute,
  type Attributes,
  type ObjectSchema,
} from "../../../src/terraform/schema/schema.ts";
import { terraformProvider } from "../terraform-provider.ts";
import { inTypeScript } from "./comment.ts";
import { documentedIn, type Documented } from "./doc-comments.ts";
import { pascalCase } from "./writer.ts";

const opening = `<!-- Written by scripts/generate.ts. Do not edit. -->

# Constructs

\`snapform/cdktf\` for CDKTF and \`snapform/cdktn\` for CDK Terrain export the same. For an
introduction see [three ways](../three-ways.md); for a whole program
[examples/cdktf](../../examples/cdktf).

The bindings (provider, resources, data sources) take what the provider takes, in camelCase, beside
what every resource of Terraform takes (\`count\`, \`dependsOn\`, \`forEach\`, \`lifecycle\`,
\`provider\`, ...). Attributes are references: \`policy.newestRestorable\`,
\`policy.schedule.cron\`, \`found.snapshots.get(0).id\`. What was given stands in \`input\` and
may be changed until synth. \`addOverride\`, \`overrideLogicalId\`, \`importFrom\`, \`moveTo\`
and the like are the engine's own.
`;

const sources = [
  "src/cdktf/l2/protected-collection.ts",
  "src/cdktf/l2/backup-fleet.ts",
  "src/cdktf/l2/retention-rules.ts",
  "src/cdktf/l2/require-policies.ts",
  "src/cdktf/l2/retention-floor.ts",
  "src/cdktf/yaml/snapform-config.ts",
];

/** The reference page of the constructs. */
export function referencePage(): string {
  const { provider, resources, dataSources } = terraformProvider();
  const bound = (schemas: { readonly [type: string]: ObjectSchema }, prefix: string): string[] =>
    Object.entries(schemas).map(([type, schema]) => {
      const name = prefix === "" ? type.replace(/^snapform_/, "") : `${prefix}_${type}`;
      return bindingSection(pascalCase(name), schema);
    });
  return [
    opening,
    "## Constructs that put others together\n",
    ...sources.flatMap(documentedIn).map(section),
    "## Bindings\n",
    bindingSection("SnapformProvider", provider),
    ...bound(resources, ""),
    ...bound(dataSources, "data"),
  ].join("\n");
}

function section({ name, about, members }: Documented): string {
  const rows = members.map(
    ({ signature, about: what }) => `| ${code(signature)} | ${cell(what)} |`,
  );
  const table = rows.length === 0 ? "" : `\n| | |\n| --- | --- |\n${rows.join("\n")}\n`;
  return `### ${name}\n\n${about}\n${table}`;
}

function bindingSection(name: string, schema: ObjectSchema): string {
  const blocks = Object.entries(schema.blocks).flatMap(([block, { description, attributes }]) => [
    `| \`${block}\` | optional | ${cell(description)} |`,
    ...rows(attributes, `${block}.`),
  ]);
  const table = [...rows(schema.attributes, ""), ...blocks].join("\n");
  const about = inTypeScript(schema.description);
  return `### ${name}\n\n${about}\n\n| | | |\n| --- | --- | --- |\n${table}\n`;
}

function rows(attributes: Attributes, prefix: string): string[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const path = `${prefix}${camelCase(name)}`;
    const row = `| \`${path}\` | ${standing(attribute)} | ${cell(attribute.description)} |`;
    return [row, ...below(attribute, path)];
  });
}

function below(attribute: Attribute, path: string): string[] {
  if (!isNested(attribute)) return [];
  const { mode, attributes } = attribute.nested;
  const step = { single: ".", list: "[].", set: "[].", map: ".NAME." }[mode];
  return rows(attributes, `${path}${step}`);
}

function standing({ required, optional, sensitive }: Attribute): string {
  const word = required === true ? "required" : optional === true ? "optional" : "reference only";
  return sensitive === true ? `${word}, secret` : word;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function cell(text: string): string {
  return inTypeScript(text).replaceAll("|", "\\|");
}
