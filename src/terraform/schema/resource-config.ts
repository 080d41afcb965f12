import type { ConfigValue } from "../../config/check-values.ts";
import { CONFIG_SHAPE } from "../../desired/shape.gen.ts";
import type { Shape } from "../../desired/shape.ts";
import { at, canonicalValue, isObject } from "./canonical-value.ts";
import { movesOf, repeatedNames, type Renames } from "./former-names.ts";
import type { Mistake, Path } from "./mistake.ts";
import type { TerraformObject, TerraformValue, UNKNOWN } from "./schema.ts";

/** The types of resources. */
export type ResourceTypeName = "snapform_backup_policy" | "snapform_restore" | "snapform_snapshot";

interface Kind {
  readonly section: "policies" | "snapshots" | "restores";
  /** As in an address. */
  readonly word: "policy" | "snapshot" | "restore";
}

export const RESOURCE_KINDS: Readonly<Record<ResourceTypeName, Kind>> = Object.freeze({
  snapform_backup_policy: { section: "policies", word: "policy" },
  snapform_snapshot: { section: "snapshots", word: "snapshot" },
  snapform_restore: { section: "restores", word: "restore" },
});

/** The sections of a configuration that one resource makes up, and the way back to it. */
export interface ResourceConfig {
  readonly config: { readonly [section: string]: ConfigValue };
  /** The place in the resource (in the canonical form); null for one that is the provider's. */
  readonly pathOf: (path: Path) => Path | null;
  /** What a configuration in YAML could not have. */
  readonly mistakes: readonly Mistake[];
}

/** Stands for a name that is not known yet; valid, so that nothing is said about it. */
const unnamed = "unnamed";

/** One resource as part of a configuration. `defaultRepository` is that of the provider. */
export function resourceConfig(
  type: ResourceTypeName,
  value: TerraformObject,
  defaultRepository: TerraformValue = null,
): ResourceConfig {
  const { section, word } = RESOURCE_KINDS[type];
  const given = at(value, "name");
  const name = typeof given === "string" ? given : unnamed;
  const body = canonicalValue(valueShape(section), value);
  const renames: Renames = { word, name: given, formerNames: at(value, "former_names") };
  const source = type === "snapform_restore" ? sourceOf(value, defaultRepository) : null;
  const restored = { ...(body as object), ...(source ? { from: source.from } : {}) };
  return {
    config: {
      ...source?.sections,
      [section]: { [name]: restored },
      ...(renames.formerNames === null ? {} : { moved: movesOf(renames) }),
    },
    pathOf: (path) => {
      const [head, second, ...rest] = path;
      if (head === "moved") return ["formerNames", ...(second === undefined ? [] : [second])];
      if (head === section) return second === name && rest.length > 0 ? rest : ["name"];
      return source !== null && source.owns(String(head)) ? sourcePath(path) : null;
    },
    mistakes: repeatedNames(renames),
  };
}

function valueShape(section: Kind["section"]): Shape {
  const shape = CONFIG_SHAPE.fields[section];
  return shape?.kind === "map" ? shape.values : CONFIG_SHAPE;
}

interface Source {
  readonly from: ConfigValue;
  readonly sections: { readonly [section: string]: ConfigValue };
  readonly owns: (section: string) => boolean;
}

/**
 * Where a restore takes its snapshot from. The policy or snapshot that it names is a resource of
 * its own, of which this one knows the name, cluster and collection; that much of it is declared,
 * so that the same checks and the same resolution as for YAML apply.
 */
function sourceOf(value: TerraformObject, defaultRepository: TerraformValue): Source | null {
  const from = at(value, "from");
  const shape = valueShape("restores");
  const whole = shape.kind === "object" ? shape.fields["from"] : undefined;
  if (!isObject(from) || !whole) return null;
  const cluster = scalar(at(from, "cluster"));
  const collection = scalar(at(from, "collection"));
  const { policy, snapshot } = { policy: at(from, "policy"), snapshot: at(from, "snapshot") };
  const left = (names: readonly string[]): ConfigValue => {
    const kept = Object.entries(from).filter(([name]) => !names.includes(name));
    return canonicalValue(whole, Object.fromEntries(kept));
  };
  if (typeof snapshot === "string") {
    const sections = { snapshots: { [snapshot]: { cluster, collection: collection ?? "" } } };
    const owns = (section: string): boolean => section === "snapshots";
    return { from: left(["cluster", "collection"]), sections, owns };
  }
  if (typeof policy === "string") {
    const schedule = { cron: "0 0 * * *" };
    const repository = scalar(defaultRepository);
    const declared = { cluster, collections: ["*"], schedule, retention: { keepAll: true } };
    const sections = { policies: { [policy]: { ...declared, repository } } };
    return { from: left(["cluster"]), sections, owns: (section) => section === "policies" };
  }
  return { from: left([]), sections: {}, owns: () => false };
}

function scalar(value: TerraformValue): string | number | boolean | null | typeof UNKNOWN {
  return typeof value === "object" ? null : value;
}

/** `policies.nightly.cluster` of what a restore names is its own `from.cluster`. */
function sourcePath([section, , field]: Path): Path {
  if (field === "cluster" || field === "collection") return ["from", field];
  return ["from", section === "policies" ? "policy" : "snapshot"];
}
