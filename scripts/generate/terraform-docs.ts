import { readFileSync } from "node:fs";
import { join } from "node:path";

import type {
  FunctionSchema,
  ObjectSchema,
  ProviderSchema,
} from "../../src/terraform/schema/schema.ts";
import { schemaSection, typeWords } from "./terraform-docs-schema.ts";
import { terraformProvider } from "./terraform-provider.ts";
import { terraformSchemas } from "./terraform-schemas.ts";

const note = "<!-- Written by scripts/generate.ts from schemas/. Do not edit. -->";
const snippets = join(import.meta.dirname, "..", "..", "examples", "terraform", "snippets");

/** A page of the documentation in the layout of the Terraform Registry. */
interface Page {
  /** From the package root. */
  readonly path: string;
  content(): string;
}

const introduction = `## Secrets

Secret attributes are sensitive, and every one of them can be left out: \`api_key\`, \`token\` and
\`password\` of a cluster are then read from the environment variables
\`SNAPFORM_<CLUSTER>_API_KEY\`, \`SNAPFORM_<CLUSTER>_TOKEN\` and \`SNAPFORM_<CLUSTER>_PASSWORD\`,
where \`<CLUSTER>\` is the name of the cluster in capitals, with \`_\` for all but letters and
digits. A variable that two clusters would read is an error. The key of a node is that of its
cluster when it is left out. The provider writes no secret into the state, a plan or a log.

## Paths

A relative path starts in the folder in which Terraform runs, which is the root module unless
\`-chdir\` says otherwise. In a module, build paths from \`path.module\` or give absolute ones.

## The record

Beside the state of Terraform, snapform keeps a record of what it made: of each action before it
begins and after it ends. A runner that disappears in the middle of an apply loses nothing: the
next apply finds what was made and goes on. It lies in the repository, in \`.snapform/PROJECT\`,
unless \`state\` says otherwise. With no repository or several, \`state\` has to be given, because
declaring another repository must not move it.

## Several aliases

Each alias of the provider is a configuration of its own: give each its own \`project\`. Only what
this project made, or took over, is ever deleted, so two of them may share a repository.
`;

/** Every page of the provider's documentation. */
export function terraformPages(): readonly Page[] {
  const { provider, resources, dataSources, functions }: ProviderSchema = terraformProvider();
  const page = (path: string, content: () => string): Page => ({ path, content });
  return [
    page("docs/index.md", () => providerPage(provider)),
    ...Object.entries(resources).map(([type, schema]) =>
      page(`docs/resources/${short(type)}.md`, () => objectPage(type, "Resource", schema)),
    ),
    ...Object.entries(dataSources).map(([type, schema]) =>
      page(`docs/data-sources/${short(type)}.md`, () => objectPage(type, "Data Source", schema)),
    ),
    ...Object.entries(functions).map(([name, schema]) =>
      page(`docs/functions/${name}.md`, () => functionPage(name, schema)),
    ),
  ];
}

function short(type: string): string {
  return type.replace(/^snapform_/, "");
}

function head(title: string, description: string): string {
  return `---
page_title: "${title}"
subcategory: ""
description: |-
  ${description}
---

${note}
`;
}

function example(name: string): string {
  const file = join(snippets, `${name.replaceAll("_", "-")}.tf`);
  return `## Example Usage

\`\`\`terraform
${readFileSync(file, "utf8").trimEnd()}
\`\`\`
`;
}

function providerPage(schema: ObjectSchema): string {
  return `${head("snapform Provider", schema.description)}
# snapform Provider

${schema.description}

What YAML configurations of snapform can say can be said here too, with the same names in
snake_case, the same defaults and the same checks.

${example("provider")}
${introduction}
${schemaSection(schema)}`;
}

function objectPage(type: string, kind: "Resource" | "Data Source", schema: ObjectSchema): string {
  return `${head(`${type} ${kind} - snapform`, schema.description)}
# ${type} (${kind})

${schema.description}

${example(short(type))}
${schemaSection(schema)}${kind === "Resource" ? importSection(type) : ""}`;
}

function importSection(type: string): string {
  const { schema } = terraformSchemas("resources").find(({ name }) => name === type) ?? {};
  const way = schema?.["x-tf"]?.import;
  if (way === undefined) return "";
  return `
## Import

By ${way.title}. ${way.note}

\`\`\`terraform
import {
  to = ${type}.example
  id = "${way.id}"
}
\`\`\`

\`\`\`shell
terraform import ${type}.example ${way.id}
\`\`\`
`;
}

function functionPage(name: string, schema: FunctionSchema): string {
  const { summary, description, parameters, returns } = schema;
  const signature = parameters.map((each) => `${each.name} ${typeWords(each.type).toLowerCase()}`);
  const list = parameters.map(
    (each, index) => `${index + 1}. \`${each.name}\` (${typeWords(each.type)}) ${each.description}`,
  );
  return `${head(`${name} function - snapform`, `${summary}.`)}
# function: ${name}

${description}

${example(name)}
## Signature

\`\`\`text
${name}(${signature.join(", ")}) ${typeWords(returns).toLowerCase()}
\`\`\`

## Arguments

${list.join("\n")}
`;
}
