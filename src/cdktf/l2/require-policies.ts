import {
  DefaultTokenResolver,
  StringConcat,
  TerraformStack,
  Tokenization,
  type IAspect,
} from "cdktf";
import type { IConstruct } from "constructs";
import { matchCollections } from "../../policy/match.ts";
import { BackupPolicy } from "../l1/backup-policy.gen.ts";
import { underFloor, type RetentionFloor } from "./retention-floor.ts";

/** A collection, and the cluster that has it; either may be a token. */
export interface CollectionPlace {
  /** By its name at the provider. */
  readonly cluster: string;
  /** The one collection; no pattern. */
  readonly collection: string;
}

/** What `RequirePolicies` looks for. */
export interface RequirePoliciesProps {
  /** Collections that must be protected, as `CLUSTER/COLLECTION`. */
  readonly collections?: readonly string[];
  /**
   * Which collection a construct of yours holds, so that it must be protected: null for one that
   * holds none.
   */
  readonly heldBy?: (construct: IConstruct) => CollectionPlace | null;
  /** What every policy has to keep at least. */
  readonly retentionFloor?: RetentionFloor;
}

/**
 * Fails the synthesis of a stack in which a collection has no policy, or a policy keeps too little:
 * `Aspects.of(stack).add(new RequirePolicies({ ... }))`. What a token stands for is not guessed: a
 * policy over collections that are not known yet may protect any of its cluster.
 */
export class RequirePolicies implements IAspect {
  readonly #props: RequirePoliciesProps;
  /** Aspects are invoked at each synthesis, and checks must not be added twice. */
  readonly #seen = new WeakSet<IConstruct>();
  readonly #stacks = new WeakSet<IConstruct>();

  constructor(props: RequirePoliciesProps) {
    this.#props = props;
  }

  visit(node: IConstruct): void {
    if (this.#seen.has(node)) return;
    this.#seen.add(node);
    const { collections = [], heldBy, retentionFloor } = this.#props;
    const stack = TerraformStack.of(node);
    if (!this.#stacks.has(stack)) {
      // The first of a stack is what the aspect was added to.
      this.#stacks.add(stack);
      const places = collections.map(placeOf);
      node.node.addValidation({
        validate: () => places.flatMap((place) => unprotected(stack, place)),
      });
    }
    const held = heldBy?.(node) ?? null;
    if (held !== null) node.node.addValidation({ validate: () => unprotected(stack, held) });
    if (retentionFloor !== undefined && node instanceof BackupPolicy) {
      node.node.addValidation({
        validate: () => underFloor(node.input.retention, retentionFloor),
      });
    }
  }
}

function placeOf(text: string): CollectionPlace {
  const slash = text.indexOf("/");
  return { cluster: text.slice(0, slash), collection: text.slice(slash + 1) };
}

function unprotected(stack: TerraformStack, place: CollectionPlace): string[] {
  const policies = stack.node.findAll().filter((each) => each instanceof BackupPolicy);
  const cluster = resolved(stack, place.cluster);
  const collection = resolved(stack, place.collection);
  if (policies.some((policy) => mayCover(stack, policy, cluster, collection))) return [];
  const name = JSON.stringify(`${cluster}/${collection}`);
  return [`No policy protects the collection ${name}. Declare one over it in this stack.`];
}

function mayCover(
  stack: TerraformStack,
  policy: BackupPolicy,
  cluster: string,
  collection: string,
): boolean {
  const where = resolved(stack, policy.input.cluster);
  // Two different expressions may or may not be the same cluster; only equal ones surely are.
  if (where !== cluster && !isExpression(where) && !isExpression(cluster)) return false;
  const patterns = rendered(stack, policy.input.collections);
  if (!Array.isArray(patterns)) return true;
  const texts = patterns.map(String);
  if (texts.includes(collection)) return true;
  if (isExpression(collection)) return texts.some((each) => /[*?]/.test(each));
  if (texts.some(isExpression)) return true;
  return matchCollections(texts, [collection]).length > 0;
}

function resolved(stack: TerraformStack, value: string): string {
  return String(rendered(stack, value));
}

/** Tokens as the expressions that Terraform will read. */
function rendered(stack: TerraformStack, value: unknown): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope: stack, resolver, preparing: false });
}

function isExpression(text: string): boolean {
  return text.includes("${");
}
