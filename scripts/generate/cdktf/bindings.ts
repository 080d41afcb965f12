// Writes the classes of src/cdktf/l1: from the provider's schema, names as the official generator
// would choose them, so that bindings made with `cdktf get` in another language look the same.

import type { Attributes, ObjectSchema } from "../../../src/terraform/schema/schema.ts";
import { terraformProvider } from "../terraform-provider.ts";
import { comment } from "./comment.ts";
import { pascalCase, Writer } from "./writer.ts";

const header = `// Written by scripts/generate.ts from schemas/. Do not edit.\n`;

export interface Binding {
  /** Of the file, without extension. */
  readonly file: string;
  /** What of it is exported to users. */
  readonly types: readonly string[];
  readonly values: readonly string[];
  readonly text: string;
}

interface Kind {
  readonly base: "SnapformResource" | "SnapformDataSource";
  readonly prefix: "" | "Data";
}

/** What users may import of the bindings. */
export function bindingsIndex(): string {
  const lines = bindings().flatMap(({ file, types, values }) => [
    `export { ${values.join(", ")} } from "./${file}.gen.ts";`,
    `export type { ${types.join(", ")} } from "./${file}.gen.ts";`,
  ]);
  return `${header}${lines.join("\n")}\n`;
}

/** Every class of the provider, one file each. */
export function bindings(): readonly Binding[] {
  const { provider, resources, dataSources } = terraformProvider();
  const each = (schemas: { readonly [type: string]: ObjectSchema }, kind: Kind): Binding[] =>
    Object.entries(schemas).map(([type, schema]) => bindingOf(type, schema, kind));
  return [
    providerBinding(provider),
    ...each(resources, { base: "SnapformResource", prefix: "" }),
    ...each(dataSources, { base: "SnapformDataSource", prefix: "Data" }),
  ];
}

function bindingOf(type: string, schema: ObjectSchema, kind: Kind): Binding {
  // A data source keeps the provider's name, so that it is told from a resource of the same type.
  const short = kind.prefix === "Data" ? `data_${type}` : type.replace(/^snapform_/, "");
  const name = pascalCase(short);
  const whole: Attributes = { ...schema.attributes, ...blocksAsAttributes(schema) };
  const made = new Writer();
  const config = made.config(name, whole, schema.description, "TerraformMetaArguments");
  const isResource = kind.base === "SnapformResource";
  const isOptional = Object.values(whole).every(({ required }) => required !== true);
  const importing = isResource ? `${generateForImport(type)}\n` : "";
  const about = comment(schema.description, "");
  const parameters = `scope: Construct, id: string, config: ${config}${isOptional ? " = {}" : ""}`;
  const text = `${about}export class ${name} extends ${kind.base}<${config}> {
  static readonly tfResourceType: string = ${JSON.stringify(type)};

${importing}  constructor(${parameters}) {
    super(scope, id, ${name}.tfResourceType, config);
  }

${made.getters(name, whole, "this").join("\n\n")}
}
`;
  return {
    file: short.replaceAll("_", "-"),
    types: made.types,
    values: [name, ...made.classes],
    text: `${header}${imports(made, kind.base)}\n${made.text()}\n${text}`,
  };
}

function generateForImport(type: string): string {
  return `  /** Imports one; \`terraform plan -generate-config-out\` writes its configuration. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return new ImportableResource(scope, importToId, {
      terraformResourceType: ${JSON.stringify(type)},
      importId: importFromId,
      ...(provider === undefined ? {} : { provider }),
    });
  }
`;
}

function providerBinding(schema: ObjectSchema): Binding {
  const made = new Writer();
  const config = made.config(
    "SnapformProvider",
    schema.attributes,
    schema.description,
    "ProviderMetaArguments",
  );
  const about = comment(schema.description, "");
  const text = `${about}export class SnapformProvider extends SnapformProviderBase<${config}> {
  static readonly tfResourceType: string = "snapform";
}
`;
  const used = `import type { IResolvable } from "cdktf";
import { SnapformProviderBase, type ProviderMetaArguments } from "./provider.ts";
`;
  return {
    file: "snapform-provider",
    types: made.types,
    values: ["SnapformProvider"],
    text: `${header}${used}\n${made.text()}\n${text}`,
  };
}

function imports(made: Writer, base: Kind["base"]): string {
  const isResource = base === "SnapformResource";
  const names = [
    ...(made.classes.length > 0 ? ["ComplexObject"] : []),
    ...(isResource ? ["ImportableResource"] : []),
    ...(made.uses("IResolvable") ? ["type IResolvable"] : []),
    "type TerraformMetaArguments",
    ...(isResource ? ["type TerraformProvider"] : []),
  ];
  const list = made.uses("ObjectList") ? 'import { ObjectList } from "./object-list.ts";\n' : "";
  return `import { ${names.join(", ")} } from "cdktf";
import type { Construct } from "constructs";
${list}import { ${base} } from "./resource.ts";
`;
}

function blocksAsAttributes({ blocks }: ObjectSchema): Attributes {
  const entries = Object.entries(blocks).map(([name, { description, attributes }]) => {
    return [name, { description, optional: true, nested: { mode: "single", attributes } }];
  });
  return Object.fromEntries(entries) as Attributes;
}
