import { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { PROVIDER_SCHEMA } from "../../terraform/schema/provider-schema.gen.ts";
import { isPlain, toHcl, toTerraform, type Given } from "./attributes.ts";
import { PROVIDER_SOURCE, PROVIDER_VERSION } from "./provider-version.gen.ts";

/** What a provider takes beside its own configuration. */
export interface ProviderMetaArguments {
  /** For a second provider of the same kind; resources name it with `provider`. */
  readonly alias?: string | undefined;
}

/** What was configured, without the alias. */
export type ProviderInput<Config> = {
  -readonly [Name in keyof Omit<Config, "alias">]: Config[Name];
};

/** What the class of the provider inherits. */
export abstract class SnapformProviderBase<
  Config extends ProviderMetaArguments,
> extends TerraformProvider {
  /** What was configured; it may be changed until synth. */
  readonly input: ProviderInput<Config>;
  #alias: string | undefined;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id, {
      terraformResourceType: "snapform",
      terraformGeneratorMetadata: {
        providerName: "snapform",
        providerVersionConstraint: PROVIDER_VERSION,
      },
      terraformProviderSource: PROVIDER_SOURCE,
    });
    const { alias, ...input } = config;
    this.#alias = alias;
    this.input = input as ProviderInput<Config>;
  }

  override get alias(): string | undefined {
    return this.#alias;
  }

  override set alias(alias: string | undefined) {
    this.#alias = alias;
  }

  /**
   * The engine puts every key of a provider into snake_case, names of clusters and repositories
   * too: `docs-eu` would become `docs_eu`. So the attributes are laid over what it makes.
   */
  override toTerraform(): Given {
    return this.#laidOver(super.toTerraform(), toTerraform(PROVIDER_SCHEMA.provider, this.input));
  }

  /** As `toTerraform`, for the text form. */
  override toHclTerraform(): Given {
    return this.#laidOver(super.toHclTerraform(), toHcl(PROVIDER_SCHEMA.provider, this.input));
  }

  #laidOver(made: Given, attributes: Given): Given {
    const overridden = merged(attributes, this.rawOverrides) as Given;
    const provider = { ...overridden, ...this.metaAttributes };
    return { ...made, provider: { [this.terraformResourceType]: [provider] } };
  }
}

/** Escape hatches over attributes, as the engine merges them: undefined takes away, lists grow. */
function merged(below: unknown, above: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(above)) return [...below, ...above];
  if (!isPlain(above)) return above;
  const result: Record<string, unknown> = isPlain(below) ? { ...below } : {};
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
