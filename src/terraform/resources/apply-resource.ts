import type { ApplyEvent } from "../../apply/events.ts";
import type { Desired } from "../../desired/desired.ts";
import { isSnapformError, SnapformError } from "../../errors/index.ts";
import type { Plan } from "../../plan/plan.ts";
import type { PlanOptions } from "../../plan/plan-config.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Surroundings } from "../schema/convert.ts";
import type {
  ApplyContext,
  ApplyResult,
  CallContext,
  CreateRequest,
  UpdateRequest,
} from "../server/definition.ts";
import { hasErrors, type Diagnostic } from "../server/diagnostic.ts";
import { memberOf, treeOf, UNKNOWN, type Tree, type Value } from "../wire/value.ts";
import type { ProviderWorld } from "../world.ts";
import { aftermathOf, asErrors, nothingDone, type Aftermath } from "./aftermath.ts";
import { addressOf, focus, resolve } from "./around.ts";
import type { Described, Kind } from "./kind.ts";
import { isAcknowledged, optionsOf } from "./plan-resource.ts";
import { sentence } from "./plan-diagnostics.ts";
import { describe, lookAt } from "./read-resource.ts";
import { plainOf, textAt, valueOf, withMembers } from "./values.ts";
import { formatKept, formatView, parseKept, unpack, type Kept } from "./view.ts";
import { walkOf } from "./walk.ts";

/** How long an apply waits for another process that holds the state's lock: fifteen minutes. */
export const LOCK_TIMEOUT_MS: number = 15 * 60_000;

type Context = ApplyContext<ProviderWorld>;

/**
 * Makes what a new resource asks for, as a plan that is made now has it. What exists already under
 * its address is taken up: an apply that was cut off left it.
 */
export async function createResource(
  kind: Kind,
  around: Surroundings,
  context: Context,
  { planned }: CreateRequest,
): Promise<ApplyResult> {
  const desired = needDesired(kind, around, context, planned);
  const address = addressOf(kind, planned) ?? "";
  const walk = walkOf(context.configured.provider);
  walk.created.add(address);
  const isForced = walk.replaced.has(address) && kind.word !== "policy";
  const force = isForced ? [address] : [];
  const options = { ...optionsOf(kind, planned), force };
  const after = await carryOut(kind, context, desired, { value: planned, options });
  if (after.isIncomplete && !after.isAnythingDone) {
    const again = isForced ? [notReplaced(address)] : [];
    return { state: null, diagnostics: [...nothingDone(after.diagnostics), ...again] };
  }
  const made = await finish(kind, context, desired, { planned, after, found: after.diagnostics });
  const old = after.isAnythingDone ? null : (kind.takenUp?.(plainOf(made.state ?? {})) ?? null);
  return old === null ? made : { ...made, diagnostics: [...(made.diagnostics ?? []), old] };
}

/** Nothing tells the next run that this was to be made anew. */
function notReplaced(address: string): Diagnostic {
  const detail =
    `What ${address} has made before is still there, and the next apply takes that up. To make ` +
    "it anew, apply with `-replace` of this resource again.";
  return { severity: "warning", summary: "Not made anew", detail };
}

/** Carries out the very plan that was shown, or one made now where none could be. */
export async function updateResource(
  kind: Kind,
  around: Surroundings,
  context: Context,
  { planned, prior, private: planPrivate }: UpdateRequest,
): Promise<ApplyResult> {
  const desired = needDesired(kind, around, context, planned);
  await adoptImported(kind, context, desired, { planned, prior });
  const kept = parseKept(planPrivate);
  // Should nothing come of it, the plan is forgotten and what was seen is not.
  context.keep(prior, formatKept({ view: kept.view }));
  const options = optionsOf(kind, planned);
  const saved = savedOf(kept);
  const request = { value: planned, options, ...(saved === null ? {} : { saved }) };
  const after = await carryOut(kind, context, desired, request);
  const found = after.isIncomplete ? asErrors(after.diagnostics) : after.diagnostics;
  return finish(kind, context, desired, { planned, after, found });
}

/** What was imported by its id belongs to the resource from the first apply on. */
async function adoptImported(
  kind: Kind,
  { configured, signal }: Context,
  desired: Desired,
  { planned, prior }: Pick<UpdateRequest, "planned" | "prior">,
): Promise<void> {
  const id = textAt(prior, "id");
  const address = addressOf(kind, planned);
  if (kind.word !== "snapshot" || addressOf(kind, prior) !== null) return;
  if (id === null || address === null) return;
  await configured.change(desired, signal, async (workspace) => {
    await workspace.adopt({
      ids: [id],
      fromRepository: false,
      address,
      dryRun: false,
      lockTimeoutMs: LOCK_TIMEOUT_MS,
    });
  });
}

function savedOf({ plan }: Kept): Plan | null {
  return plan === null ? null : (unpack(plan) as Plan);
}

function needDesired(
  kind: Kind,
  around: Surroundings,
  { configured }: CallContext<ProviderWorld>,
  planned: Tree,
): Desired {
  const { desired, mistakes } = resolve(kind, planned, configured.provider, around);
  if (desired !== null) return desired;
  const said = mistakes.map(({ detail }) => detail).join(" ");
  throw new SnapformError("invalid-argument", said || "something of it is still unknown");
}

interface Asked {
  readonly value: Tree;
  readonly options: PlanOptions;
  readonly saved?: Plan;
}

async function carryOut(
  kind: Kind,
  { configured: world, signal, log }: Context,
  desired: Desired,
  { value, options, saved }: Asked,
): Promise<Aftermath> {
  const events: ApplyEvent[] = [];
  const onEvent = (event: ApplyEvent): void => {
    if (event.type === "progress") return;
    events.push(event);
    log("debug", "apply", { event: event.type });
  };
  const request = {
    options,
    onEvent,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    ...(saved === undefined ? {} : { saved }),
  };
  const focused = focus(kind, desired);
  if (goesWithOthers(kind, desired, value)) {
    const applied = await world.applyPolicy(focused, signal, request);
    return aftermathOf(kind, applied, events, false);
  }
  const approve = (): Promise<boolean> => Promise.resolve(true);
  let isAllowed = false;
  const applied = await world.change(focused, signal, async (workspace) => {
    const shown = saved ?? (await planToAcknowledge(workspace, value, options));
    isAllowed = shown !== null && isAcknowledged(shown, value);
    const acknowledge = isAllowed ? (shown?.acknowledge ?? null) : null;
    return workspace.apply({
      ...request,
      approve,
      ...(acknowledge === null ? {} : { acknowledge }),
    });
  });
  return aftermathOf(kind, applied, events, isAllowed);
}

/**
 * Whether it may be applied in one go with others: a policy of which nothing is acknowledged, that
 * has no former name to take over from, and no time limit of its own.
 */
function goesWithOthers({ word }: Kind, { moved }: Desired, value: Tree): boolean {
  const isPlain = textAt(value, "acknowledge") === null && memberOf(value, "timeouts") === null;
  return word === "policy" && isPlain && moved.length === 0;
}

/** An acknowledgement is without effect on any other set of actions, and so is no error there. */
async function planToAcknowledge(
  workspace: Workspace,
  value: Tree,
  options: PlanOptions,
): Promise<Plan | null> {
  if (textAt(value, "acknowledge") === null) return null;
  return (await workspace.plan(options)).plan;
}

interface Ending {
  readonly planned: Tree;
  readonly after: Aftermath;
  readonly found: readonly Diagnostic[];
}

/** Looks at what there is now. What was planned as known stays as it was planned. */
async function finish(
  kind: Kind,
  { configured }: Context,
  desired: Desired,
  { planned, after, found }: Ending,
): Promise<ApplyResult> {
  // Also after a stop: what was made has to be known.
  const unstopped = { configured, signal: new AbortController().signal };
  try {
    const view = await lookAt(kind, unstopped, desired, planned);
    const known = fill(planned, { changes: after.changes });
    const described = describe(kind, desired, view, known);
    // After a failure Terraform holds nobody to the plan: `changes` are what was really done.
    const really = { ...described, changes: after.changes };
    return {
      state: hasErrors(found) ? withMembers(known, really) : fill(known, described),
      private: formatKept({ view: formatView(view) }),
      diagnostics: found,
    };
  } catch (error) {
    const detail = sentence(isSnapformError(error) ? error.message : String(error));
    const summary = "What was done could not be looked at";
    const nothing = Object.fromEntries(kind.outcomes.map((name) => [name, null]));
    const described = { ...nothing, changes: after.changes, status: "unknown" };
    return {
      state: fill(planned, described),
      private: formatKept({}),
      diagnostics: [...found, { severity: "warning", summary, detail }],
    };
  }
}

/** What is still unknown becomes what is described, or nothing. */
function fill(planned: Tree, described: Described): Tree {
  return treeOf(
    Object.entries(planned).map(([name, value]): [string, Value] => {
      if (value !== UNKNOWN) return [name, value];
      return [name, Object.hasOwn(described, name) ? valueOf(described[name]) : UNKNOWN];
    }),
  );
}
