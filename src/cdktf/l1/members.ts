import { TerraformStack, Token, type TerraformProvider, type TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { Given } from "./attributes.ts";

interface Provider extends TerraformProvider {
  attributes(): Given;
}

interface Resource extends TerraformResource {
  readonly input: Given;
}

/** What of snapform stands in one stack. */
interface Members {
  readonly providers: Provider[];
  readonly resources: Resource[];
  /** The first resource of a name; see `namesakes`. */
  readonly byName: Map<string, Resource>;
}

const stacks = new WeakMap<TerraformStack, Members>();

/** Kept as constructs are made: to look through the tree for each of them takes quadratic time. */
export function membersOf(construct: Construct): Members {
  const stack = TerraformStack.of(construct);
  const members = stacks.get(stack) ?? { providers: [], resources: [], byName: new Map() };
  stacks.set(stack, members);
  return members;
}

/** The provider that a resource goes through: the one it names, else the one without alias. */
export function providerOf(resource: TerraformResource): Provider | null {
  const { providers } = membersOf(resource);
  const { provider } = resource;
  const found = providers.find((each) =>
    provider === undefined ? each.alias === undefined : each === provider,
  );
  return found ?? null;
}

/** A name belongs to one resource of its kind in a project. */
export function namesakes(resource: Resource): string[] {
  const key = projectKey(resource);
  if (key === null) return [];
  const members = membersOf(resource);
  // Names may change until synth: what was kept counts only while it is still so.
  const kept = members.byName.get(key);
  if (kept === undefined || projectKey(kept) !== key) indexNames(members);
  const first = members.byName.get(key);
  if (first === undefined || first === resource) return [];
  const name = JSON.stringify(resource.input["name"]);
  return [`name: Declared twice. ${name} is declared at ${first.node.path} already.`];
}

function indexNames({ resources, byName }: Members): void {
  byName.clear();
  for (const each of resources) {
    const key = projectKey(each);
    if (key !== null && !byName.has(key)) byName.set(key, each);
  }
}

/** Which project, kind and name; null while the name is not known. */
function projectKey(resource: Resource): string | null {
  const name = resource.input["name"];
  if (typeof name !== "string" || Token.isUnresolved(name)) return null;
  const provider = providerOf(resource)?.node.path ?? "";
  return JSON.stringify([resource.terraformResourceType, provider, name]);
}
