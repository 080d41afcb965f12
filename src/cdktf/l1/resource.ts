import { TerraformDataSource, TerraformResource, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { assert } from "../../errors/index.ts";
import { PROVIDER_SCHEMA } from "../../terraform/schema/provider-schema.gen.ts";
import type { ObjectSchema } from "../../terraform/schema/schema.ts";
import type { ResourceTypeName } from "../../terraform/schema/resource-config.ts";
import { checkDataSourceConstruct, checkResourceConstruct } from "../checks/check-construct.ts";
import { toHcl, toTerraform, type Given } from "./attributes.ts";
import { membersOf, namesakes, providerOf } from "./members.ts";
import { overridden } from "./overridden.ts";
import { PROVIDER_VERSION } from "./provider-version.gen.ts";

/** What was configured, without what every resource of Terraform has. */
export type Input<Config> = {
  -readonly [Name in keyof Omit<Config, keyof TerraformMetaArguments>]: Config[Name];
};

/** What every resource of Terraform has. */
const META_ARGUMENTS: ReadonlySet<string> = new Set<keyof TerraformMetaArguments>([
  "connection",
  "count",
  "dependsOn",
  "forEach",
  "lifecycle",
  "provider",
  "provisioners",
]);

const generator = { providerName: "snapform", providerVersionConstraint: PROVIDER_VERSION };

/** What the resources of the provider share. */
export abstract class SnapformResource<
  Config extends TerraformMetaArguments,
> extends TerraformResource {
  /** What was configured; it may be changed until synth. */
  readonly input: Input<Config>;
  readonly #schema: ObjectSchema;

  constructor(scope: Construct, id: string, type: string, config: Config) {
    super(scope, id, {
      ...config,
      terraformResourceType: type,
      terraformGeneratorMetadata: generator,
    });
    this.input = inputOf(config);
    this.#schema = schemaOf(PROVIDER_SCHEMA.resources, type);
    membersOf(this).resources.push(this);
    this.node.addValidation({ validate: () => this.#mistakes() });
  }

  #mistakes(): string[] {
    const request = {
      input: this.input,
      attributes: overridden(this.synthesizeAttributes(), this.rawOverrides) as Given,
    };
    const type = this.terraformResourceType as ResourceTypeName;
    const provider = providerOf(this)?.attributes() ?? null;
    return [...checkResourceConstruct(type, request, provider), ...namesakes(this)];
  }

  protected override synthesizeAttributes(): Given {
    return toTerraform(this.#schema, this.input);
  }

  protected override synthesizeHclAttributes(): Given {
    return toHcl(this.#schema, this.input);
  }
}

/** What the data sources of the provider share. */
export abstract class SnapformDataSource<
  Config extends TerraformMetaArguments,
> extends TerraformDataSource {
  /** What was configured; it may be changed until synth. */
  readonly input: Input<Config>;
  readonly #schema: ObjectSchema;

  constructor(scope: Construct, id: string, type: string, config: Config) {
    super(scope, id, {
      ...config,
      terraformResourceType: type,
      terraformGeneratorMetadata: generator,
    });
    this.input = inputOf(config);
    this.#schema = schemaOf(PROVIDER_SCHEMA.dataSources, type);
    this.node.addValidation({
      validate: () => {
        const attributes = overridden(this.synthesizeAttributes(), this.rawOverrides) as Given;
        return checkDataSourceConstruct(type, { input: this.input, attributes });
      },
    });
  }

  protected override synthesizeAttributes(): Given {
    return toTerraform(this.#schema, this.input);
  }

  protected override synthesizeHclAttributes(): Given {
    return toHcl(this.#schema, this.input);
  }
}

function schemaOf(schemas: { readonly [type: string]: ObjectSchema }, type: string): ObjectSchema {
  const schema = schemas[type];
  assert(schema, `the provider has ${type}`);
  return schema;
}

function inputOf<Config extends TerraformMetaArguments>(config: Config): Input<Config> {
  const own = Object.entries(config).filter(([name]) => !META_ARGUMENTS.has(name));
  return Object.fromEntries(own) as Input<Config>;
}
