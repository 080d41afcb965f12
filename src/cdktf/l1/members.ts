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
}

const stacks = new WeakMap<TerraformStack, Members>();

/** Kept as constructs are made: to look through the tree for each of them takes quadratic time. */
export function membersOf(construct: Construct): Members {
  const stack = TerraformStack.of(construct);
  const members = stacks.get(stack) ?? { providers: [], resources: [] };
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
  const name = resource.input["name"];
  if (typeof name !== "string" || Token.isUnresolved(name)) return [];
  const provider = providerOf(resource);
  const first = membersOf(resource).resources.find(
    (each) =>
      each.input["name"] === name &&
      each.terraformResourceType === resource.terraformResourceType &&
      providerOf(each) === provider,
  );
  if (first === undefined || first === resource) return [];
  return [
    `name: Declared twice. ${JSON.stringify(name)} is declared at ${first.node.path} already.`,
  ];
}
