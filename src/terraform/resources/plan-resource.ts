import type { Desired } from "../../desired/desired.ts";
import { withheldBecause } from "../../plan/acknowledge.ts";
import { planConfig, type PlanOptions } from "../../plan/plan-config.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Surroundings } from "../schema/convert.ts";
import { checkImmutable } from "../schema/immutable.ts";
import type { PlanRequest, PlanResult } from "../server/definition.ts";
import { errorDiagnostic, hasErrors, type Diagnostic } from "../server/diagnostic.ts";
import { isSameValue } from "../wire/compare.ts";
import { typeOfAttribute } from "../wire/schema.ts";
import { isList, isTree, memberOf, UNKNOWN, type Tree, type Value } from "../wire/value.ts";
import { addressOf, attributesOf, concernOf, focus, resolve } from "./around.ts";
import { changeLines } from "./change-lines.ts";
import type { Kind } from "./kind.ts";
import { refuseNamesake } from "./namesake.ts";
import { planDiagnostics } from "./plan-diagnostics.ts";
import { diagnosticsOf, isTrue, planDefaults, plainOf, textAt, withMembers } from "./values.ts";
import { formatKept, pack, parseKept, viewOf, type View } from "./view.ts";
import { walkOf } from "./walk.ts";

/** What was last planned of a view: a refresh plans to describe what it has seen. */
interface Planned {
  readonly desired: Desired;
  readonly options: string;
  readonly plan: Plan;
}

const lastPlans = new WeakMap<View, Planned>();

/** The plan that the command line would make of this one resource. */
export function planOf(kind: Kind, desired: Desired, view: View, value: Tree): Plan {
  const given = optionsOf(kind, value);
  const options = JSON.stringify(given);
  const last = lastPlans.get(view);
  if (last !== undefined && last.desired === desired && last.options === options) return last.plan;
  const { inventory, state, at } = view;
  const plan = planConfig(focus(kind, desired), inventory, state, new Date(at), given);
  lastPlans.set(view, { desired, options, plan });
  return plan;
}

/** Only this resource, as it wants to be planned. */
export function optionsOf(kind: Kind, value: Tree): PlanOptions {
  const address = addressOf(kind, value);
  return { only: address === null ? [] : [address], ...kind.planOptions(value) };
}

/** True when the value names the very set of dangerous actions of the plan. */
export function isAcknowledged(plan: Plan, value: Tree): boolean {
  return plan.acknowledge !== null && textAt(value, "acknowledge") === plan.acknowledge;
}

/**
 * Plans a resource. Pure: what exists is what the last refresh has seen. Where something is to be
 * done, or the configuration has changed, what comes of it is known after apply; where not, the
 * plan is what is there already, to the last member.
 */
export function planResource(kind: Kind, around: Surroundings, request: PlanRequest): PlanResult {
  const { prior, config } = request;
  const proposed = withId(kind, planDefaults(attributesOf(kind), config, request.proposed));
  const provider = plainOf(request.provider);
  const { desired, mistakes } = resolve(kind, proposed, provider, around);
  // Warnings were given when the configuration was checked.
  const errors = mistakes.filter(({ severity }) => severity === "error");
  const diagnostics = diagnosticsOf(errors);
  // Of a replacement Terraform asks twice, the second time without its `ignore_changes`.
  if (prior !== null || request.private === null) {
    const address = addressOf(kind, proposed);
    diagnostics.push(...refuseNamesake(walkOf(provider), address, plainOf(config)));
  }
  if (prior === null) {
    return { planned: proposed, private: formatKept({ isCreation: true }), diagnostics };
  }
  diagnostics.push(...refusals(kind, prior.state, proposed));
  const change = { kind, prior: prior.state, proposed, kept: prior.private, desired };
  if (hasErrors(diagnostics)) return { planned: proposed, diagnostics };
  const result = planUpdate(change);
  return { ...result, diagnostics: [...diagnostics, ...(result.diagnostics ?? [])] };
}

function withId(kind: Kind, proposed: Tree): Tree {
  if (!kind.isNamedByAddress) return proposed;
  const address = addressOf(kind, proposed);
  return address === null ? proposed : withMembers(proposed, { id: address });
}

/** What a change must not do. */
function refusals(kind: Kind, prior: Tree, proposed: Tree): Diagnostic[] {
  const attributes = attributesOf(kind);
  const fixed = checkImmutable(attributes, plainOf(prior), plainOf(proposed));
  const isReplaced = Object.entries(attributes).some(([name, attribute]) => {
    if (attribute.forceNew !== true) return false;
    const before = memberOf(prior, name);
    const after = memberOf(proposed, name);
    return !isSameValue(typeOfAttribute(attribute), before, after);
  });
  const isRefused = isReplaced && isTrue(prior, "deletion_protection");
  return [...diagnosticsOf(fixed), ...(isRefused ? [protectedFrom("replaced")] : [])];
}

export function protectedFrom(fate: "replaced" | "destroyed"): Diagnostic {
  const detail =
    `It is protected, so it is not ${fate}. Set \`deletion_protection = false\` and apply that ` +
    "first.";
  return errorDiagnostic("Protected from deletion", detail, ["deletion_protection"]);
}

interface Change {
  readonly kind: Kind;
  readonly prior: Tree;
  readonly proposed: Tree;
  readonly kept: Parameters<typeof parseKept>[0];
  readonly desired: Desired | null;
}

function planUpdate({ kind, prior, proposed, kept, desired }: Change): PlanResult {
  const seen = parseKept(kept);
  const view = viewOf(seen);
  const isChanged = differs(kind, prior, proposed);
  const outcomes = unknownOf(kind.outcomes);
  if (desired === null || view === null || !covers(view, kind, desired, proposed)) {
    if (!isChanged) return { planned: proposed };
    return { planned: withMembers(proposed, { ...outcomes, changes: UNKNOWN }) };
  }
  const plan = planOf(kind, desired, view, proposed);
  const isAllowed = isAcknowledged(plan, proposed);
  const diagnostics = planDiagnostics(kind, plan, isAllowed);
  const isIdle = plan.actions.every((action) => withheldBecause(action, isAllowed) !== null);
  if (isIdle && !isChanged) return { planned: proposed, diagnostics };
  const result = isIdle
    ? unknownOf(kind.fleeting)
    : { ...outcomes, changes: newLines(prior, changeLines(plan.actions, isAllowed)) };
  return {
    planned: withMembers(proposed, result),
    private: formatKept({ view: seen.view, plan: pack(lean(plan)) }),
    diagnostics,
  };
}

/** What is to be done once more would look as if it stayed: Terraform shows what differs. */
function newLines(prior: Tree, lines: readonly string[]): readonly string[] {
  const before = memberOf(prior, "changes");
  const isSame = isList(before) && JSON.stringify(before) === JSON.stringify(lines);
  return isSame ? lines.map((line) => `${line} (again)`) : lines;
}

function unknownOf(names: readonly string[]): { readonly [name: string]: typeof UNKNOWN } {
  return Object.fromEntries(names.map((name) => [name, UNKNOWN] as const));
}

/** Without what only a reader wants to know. */
function lean(plan: Plan): Plan {
  return { ...plan, keeps: [], recovery: [] };
}

/** Whether the configuration asks for something else than what Terraform remembers. */
function differs(kind: Kind, prior: Tree, proposed: Tree): boolean {
  if (prior === proposed) return false;
  const attributes = attributesOf(kind);
  const isOwn = (name: string): boolean => name === "changes" || kind.outcomes.includes(name);
  const isOther = Object.entries(attributes).some(([name, attribute]) => {
    if (isOwn(name)) return false;
    const type = typeOfAttribute(attribute);
    return !isSameValue(type, memberOf(prior, name), memberOf(proposed, name));
  });
  return isOther || textOf(memberOf(prior, "timeouts")) !== textOf(memberOf(proposed, "timeouts"));
}

function textOf(timeouts: Value): string {
  if (!isTree(timeouts)) return "";
  const texts = Object.keys(timeouts).map((name) => `${name}=${textAt(timeouts, name) ?? ""}`);
  return texts.sort().join();
}

/** Whether what was looked at is what the configuration is about now. */
function covers({ scope, inventory }: View, kind: Kind, desired: Desired, value: Tree): boolean {
  const concern = concernOf(kind, desired, value);
  const clusters = focus(kind, desired).clusters.map(({ name }) => name);
  const known = new Set(inventory.repositories.map(({ name }) => name));
  return (
    clusters.sort().join() === scope.clusters.join() &&
    desired.repositories.every(({ name }) => known.has(name)) &&
    (scope.wanted === concern.wanted || (scope.isWhole && concern.isEnoughWhole))
  );
}
