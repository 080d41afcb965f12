// Reads synthesized JSON as the provider would be given it, and resolves it as the provider does.
import type { Desired } from "../../../src/desired/desired.ts";
import {
  resolveProvider,
  resolveResource,
  type Resolved,
} from "../../../src/terraform/schema/convert.ts";
import type { ResourceTypeName } from "../../../src/terraform/schema/resource-config.ts";
import type { TerraformObject, TerraformValue } from "../../../src/terraform/schema/schema.ts";

interface Project {
  readonly provider: { readonly snapform: readonly [TerraformObject] };
  readonly resource?: Readonly<Record<ResourceTypeName, Readonly<Record<string, TerraformObject>>>>;
}

/** What is desired of a whole project, and where its state lies. */
export function resolveProject(
  text: string,
  variables: Readonly<Record<string, string>>,
  directory: string,
): { readonly desired: Omit<Desired, "fingerprint">; readonly statePath: string | null } {
  const project = JSON.parse(text) as Project;
  const around = { env: {}, directory };
  const known = (value: TerraformObject): TerraformObject =>
    evaluated(value, project, variables) as TerraformObject;
  const provider = known(project.provider.snapform[0]);
  const outer = resolveProvider(provider, around);
  const parts = Object.entries(project.resource ?? {}).flatMap(([type, all]) =>
    Object.values(all).map((each) =>
      wanted(resolveResource(type as ResourceTypeName, known(each), provider, around)),
    ),
  );
  const named = <T extends { readonly name: string }>(each: (part: Desired) => readonly T[]): T[] =>
    parts.flatMap(each).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { fingerprint: _, ...whole } = wanted(outer);
  return {
    statePath: outer.statePath,
    desired: {
      ...whole,
      policies: named(({ policies }) => policies),
      snapshots: named(({ snapshots }) => snapshots),
      restores: named(({ restores }) => restores),
      moved: parts.flatMap(({ moved }) => moved).toSorted((a, b) => (a.from < b.from ? -1 : 1)),
    },
  };
}

function wanted({ desired, mistakes }: Resolved): Desired {
  if (desired === null) throw new Error(JSON.stringify(mistakes, null, 2));
  return desired;
}

/** References to variables and to names of resources, and escapes, as Terraform evaluates them. */
function evaluated(
  value: TerraformValue,
  project: Project,
  variables: Readonly<Record<string, string>>,
): TerraformValue {
  if (typeof value === "string") return text(value, project, variables);
  if (Array.isArray(value)) {
    return (value as readonly TerraformValue[]).map((each) => evaluated(each, project, variables));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as TerraformObject);
  return Object.fromEntries(
    entries.map(([name, each]) => [name, evaluated(each, project, variables)]),
  );
}

function text(
  value: string,
  { resource }: Project,
  variables: Readonly<Record<string, string>>,
): string {
  return value.replace(/([$%])\1\{|\$\{([^}]*)\}/g, (_, escape?: string, expression = "") => {
    if (escape !== undefined) return `${escape}{`;
    const [root, name = "", attribute] = String(expression).split(".");
    const found = root === "var" ? variables[name] : resource?.[root as ResourceTypeName][name];
    const result = typeof found === "object" ? found[attribute ?? ""] : found;
    if (typeof result !== "string") throw new Error(`nothing known of ${expression}`);
    return result;
  });
}
