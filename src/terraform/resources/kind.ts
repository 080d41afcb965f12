// terraform/resources/ is what Terraform manages: policies, snapshots and restores, each declared
// by what tells it from the others (kind.ts) and carried through one common life. May know the
// planner, the schema, the framework and the provider's world. Invariant: the world is looked at in
// refreshes only, a plan is a pure function of what was seen, and what is done is the plan shown.
import type { Desired } from "../../desired/desired.ts";
import type { Plan, PlanProblem } from "../../plan/plan.ts";
import type { PlanOptions } from "../../plan/plan-config.ts";
import type { ResourceTypeName } from "../schema/resource-config.ts";
import type { CallContext, Imported } from "../server/definition.ts";
import type { Diagnostic } from "../server/diagnostic.ts";
import type { Path } from "../wire/path.ts";
import type { Tree } from "../wire/value.ts";
import type { ProviderWorld } from "../world.ts";
import type { Concern } from "./narrow.ts";
import type { View } from "./view.ts";

/** A resource of the configuration as it is now, with the plan that would be made of it. */
export interface Sight {
  readonly desired: Desired;
  readonly view: View;
  readonly plan: Plan;
  /** What Terraform remembers of it; empty for one that is being made. */
  readonly before: Tree;
}

/** Computed attributes by name, in plain values. */
export type Described = { readonly [name: string]: unknown };

/** What tells the types of resources apart. Everything else they have in common. */
export interface Kind {
  readonly type: ResourceTypeName;
  /** As in an address: `policy`. */
  readonly word: "policy" | "snapshot" | "restore";
  /** Whether its `id` is its address, and so known before it is made. */
  readonly isNamedByAddress: boolean;
  /** Computed attributes that may come out otherwise when something is done. */
  readonly outcomes: readonly string[];
  /** Those of them that may also come out otherwise when only the configuration changes. */
  readonly fleeting: readonly string[];
  /** The clusters that have to be looked at. */
  clustersOf(desired: Desired): readonly string[];
  /** What of the world concerns it. */
  concernOf(desired: Desired): Omit<Concern, "addresses" | "project">;
  /** How it is planned, beside that it is planned alone. */
  planOptions(value: Tree): PlanOptions;
  /** The computed attributes, as the world is now. */
  describe(sight: Sight): Described;
  /** The attribute that a problem of the plan is about. */
  pathOf(problem: PlanProblem): Path;
  /** What speaks against a configuration that no schema knows; `value` may hold unknown values. */
  check?(value: Tree): readonly Diagnostic[];
  /** True when a resource that is destroyed and declared again is another wish. */
  readonly isOver: boolean;
  /** Why nothing that it made can be deleted; left out where it can. */
  refuseDelete?(): Diagnostic;
  /** Says that what is declared anew was there already; left out where that is nothing special. */
  takenUp?(described: Described): Diagnostic | null;
  import(context: CallContext<ProviderWorld>, id: string): Promise<Imported>;
}
