import { stringify } from "yaml";

import type { Json } from "../../src/snapshot/manifest.ts";
import { flow } from "../../src/config/wording.ts";
import { kinds, readSchema, type Schema } from "./schemas.ts";

const examples: Readonly<Record<string, Json>> = {
  cluster: {
    clusters: {
      local: { engine: "lancedb", uri: "./data" },
      prod: {
        engine: "qdrant",
        nodes: ["https://node-0.example:6333", "https://node-1.example:6333"],
        apiKey: "${env:QDRANT_API_KEY}",
      },
    },
  },
  repository: { repositories: { vault: { type: "filesystem", path: "/backups/vault" } } },
  policy: {
    policies: {
      nightly: {
        cluster: "local",
        collections: ["docs-*", "!docs-tmp"],
        schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" },
        retention: { last: 3, daily: 7, weekly: 4, monthly: 6 },
        repository: "vault",
      },
    },
  },
  snapshot: {
    snapshots: {
      "before-v2": {
        cluster: "local",
        collection: "docs-en",
        description: "before the v2 re-embedding",
      },
    },
  },
  restore: {
    restores: {
      staging: {
        from: { policy: "nightly", collection: "docs-en" },
        to: { cluster: "local", collection: "docs-en-restored" },
      },
    },
  },
};

const opening = `<!-- Written by scripts/generate.ts from schemas/. Do not edit. -->

# Configuration

A configuration is one or more YAML files: \`snapform.yaml\`, or \`-f FILE\`, as often as needed.
Several files merge into one; a name may be declared once.

- \`\${env:NAME}\` works in any text value and is replaced by the environment variable; \`$\${\`
  stands for a plain \`\${\`. Values of secret fields never appear in a plan, the state, a log or
  an error.
- A relative path starts at the folder of the file that declares it.
- A *span of time* is a whole number and \`ms\`, \`s\`, \`m\` (minutes), \`h\` or \`d\`: \`30s\`,
  \`7d\`, or \`0\`. A *duration* of a retention counts on the calendar, in years, months, days and
  hours: \`1y2m3d4h\`.
- An unknown key is an error. Anchors and aliases work within limits; tags and merge keys
  (\`<<\`) do not.

For completion and checks in an editor, point it at the schema in the package:

\`\`\`yaml
# yaml-language-server: $schema=node_modules/snapform/schemas/config.editor.schema.json
\`\`\`
`;

/** The reference page of the configuration. */
export function configurationPage(): string {
  const config = readSchema("config");
  const sections = kinds.map(({ kind, key }) => {
    const schema = readSchema(kind);
    return section(`\`${key}\``, kind, schema);
  });
  return [opening, section("Top level", "config", config), ...sections].join("\n");
}

function section(title: string, kind: string, schema: Schema): string {
  const example = examples[kind];
  const yaml = example === undefined ? "" : `\n\`\`\`yaml\n${stringify(example)}\`\`\`\n`;
  return `## ${title}

${schema.description}

| key | type | default | meaning |
| --- | --- | --- | --- |
${rows(schema, "").join("\n")}
${yaml}`;
}

function rows(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const key = `${prefix}${name}`;
    const isRequired = schema.required?.includes(name) ?? false;
    const fallback =
      field.default === undefined ? (isRequired ? "required" : "") : code(field.default);
    const row = `| \`${key}\` | ${typeWords(field)} | ${fallback} | ${meaning(field)} |`;
    return [row, ...below(field, key)];
  });
}

function below(field: Schema, key: string): string[] {
  if (field.type === "array") return rows(field.items ?? {}, `${key}[].`);
  if (field.type !== "object") return [];
  if (field.properties) return rows(field, `${key}.`);
  const values = field.additionalProperties || {};
  return values.properties ? rows(values, `${key}.ADDRESS.`) : [];
}

function typeWords(field: Schema): string {
  if (field.enum) return field.enum.map((choice) => code(choice)).join(", ");
  if (field.const !== undefined) return code(field.const);
  const secret = field["x-tf"]?.sensitive ? ", never shown" : "";
  return `${field.title ?? field.type}${secret}`;
}

function meaning(field: Schema): string {
  const example = field.examples?.[0];
  const isWorthShowing = example !== undefined && !field.enum && field.const === undefined;
  const also = [field, field.items ?? {}].flatMap((each) =>
    (each["x-tf"]?.shorthand ?? []).map(({ accepts }) =>
      accepts.const === undefined ? `a bare ${accepts.type}` : code(accepts.const),
    ),
  );
  return [
    (field.description ?? "").replaceAll("|", "\\|"),
    ...(also.length > 0 ? [`Short form: ${also.join(", ")}.`] : []),
    ...(isWorthShowing ? [`Example: ${code(example)}`] : []),
  ].join(" ");
}

function code(value: Json): string {
  return `\`${typeof value === "string" ? value : flow(value)}\``;
}
