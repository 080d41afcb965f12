import { Annotations, TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { PROVIDER_SCHEMA } from "../../terraform/schema/provider-schema.gen.ts";
import { checkProviderConstruct } from "../checks/check-construct.ts";
import { writtenSecrets } from "../checks/written-secrets.ts";
import { warnByProcess } from "../process.ts";
import { toHcl, toTerraform, type Given } from "./attributes.ts";
import { membersOf } from "./members.ts";
import { overridden } from "./overridden.ts";
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
  readonly #warnings = new Set<string>();
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
    membersOf(this).providers.push(this);
    this.node.addValidation({
      validate: () => {
        const attributes = this.attributes();
        this.#warn(writtenSecrets(attributes));
        return checkProviderConstruct({ input: this.input, attributes });
      },
    });
  }

  /** As the engine shows it; once each, however often the program is synthesized. */
  #warn(texts: readonly string[]): void {
    for (const text of texts.filter((each) => !this.#warnings.has(each))) {
      this.#warnings.add(text);
      Annotations.of(this).addWarning(text);
      warnByProcess(`[${this.node.path}] ${text}`);
    }
  }

  /** As synthesized, with escape hatches, before tokens are resolved. */
  attributes(): Given {
    const attributes = toTerraform(PROVIDER_SCHEMA.provider, this.input);
    return overridden(attributes, this.rawOverrides) as Given;
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
    return this.#laidOver(super.toTerraform(), this.attributes());
  }

  /** As `toTerraform`, for the text form. */
  override toHclTerraform(): Given {
    const attributes = toHcl(PROVIDER_SCHEMA.provider, this.input);
    return this.#laidOver(
      super.toHclTerraform(),
      overridden(attributes, this.rawOverrides) as Given,
    );
  }

  #laidOver(made: Given, attributes: Given): Given {
    const provider = { ...attributes, ...this.metaAttributes };
    return { ...made, provider: { [this.terraformResourceType]: [provider] } };
  }
}
