import { resourceOf } from "../../address/address.ts";
import type { ApplyEvent } from "../../apply/events.ts";
import type { Desired } from "../../desired/desired.ts";
import { isSnapformError } from "../../errors/index.ts";
import { acknowledgeHash } from "../../plan/acknowledge.ts";
import { planConfig } from "../../plan/plan-config.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Surroundings } from "../schema/convert.ts";
import type { ApplyContext, PlanRequest, Stored } from "../server/definition.ts";
import { errorDiagnostic, hasErrors, type Diagnostic } from "../server/diagnostic.ts";
import type { Tree } from "../wire/value.ts";
import type { ProviderWorld } from "../world.ts";
import { aftermathOf, asErrors } from "./aftermath.ts";
import { LOCK_TIMEOUT_MS } from "./apply-resource.ts";
import { addressOf, focus, resolve } from "./around.ts";
import { deletionsFirst, lineOf } from "./change-lines.ts";
import type { Kind } from "./kind.ts";
import { counted, listed, planDiagnostics } from "./plan-diagnostics.ts";
import { isAcknowledged, protectedFrom } from "./plan-resource.ts";
import { isTrue, plainOf, textAt } from "./values.ts";
import { parseKept, viewOf } from "./view.ts";
import { walkOf } from "./walk.ts";

type DestroyRequest = Stored & Pick<PlanRequest, "provider">;

/** What speaks against destroying a resource, and what would be deleted with it. */
export function planDestroy(
  kind: Kind,
  around: Surroundings,
  { state, private: kept, provider }: DestroyRequest,
): readonly Diagnostic[] {
  const address = addressOf(kind, state);
  const walk = walkOf(plainOf(provider));
  if (address !== null) {
    // Its successor is there already, and has all that it made.
    if (walk.created.has(address)) return [];
    walk.condemned.add(address);
  }
  if (isTrue(state, "deletion_protection")) return [protectedFrom("destroyed")];
  if (!isToDelete(state)) return [];
  const refused = kind.refuseDelete?.();
  if (refused) return [refused];
  const view = viewOf(parseKept(kept));
  const { desired } = resolve(kind, state, plainOf(provider), around);
  if (view === null || desired === null || address === null) return [unseen()];
  const whole = planConfig(
    removal(focus(kind, desired), address),
    view.inventory,
    view.state,
    new Date(view.at),
  );
  const plan = onlyOf(whole, address);
  const isAllowed = isAcknowledged(plan, state);
  return [...said(plan), ...heldErrors(kind, plan, isAllowed)];
}

/** Nothing is deleted that no plan has shown. */
function unseen(): Diagnostic {
  const detail =
    "What would be deleted with it is not known, since it has not been looked at. Plan with a " +
    'refresh, or set `on_destroy = "keep"` and apply that first.';
  return errorDiagnostic("Not known what would be deleted", detail, ["on_destroy"]);
}

/** What it made belongs to its successor; nobody has been shown that any of it would go. */
function outlived(state: Tree, address: string): readonly Diagnostic[] {
  if (!isToDelete(state)) return [];
  const detail =
    `What was made stays and belongs to ${address} as before. \`on_destroy = "delete"\` counts ` +
    "when the resource is destroyed for good.";
  return [{ severity: "warning", summary: "Replaced, with nothing deleted", detail }];
}

function isToDelete(state: Tree): boolean {
  return textAt(state, "on_destroy") === "delete";
}

/** The same world without the resource, which gives up what it has made. */
function removal(desired: Desired, address: string): Desired {
  const removed = [{ address, deleteSnapshots: true }];
  return { ...desired, policies: [], snapshots: [], restores: [], removed };
}

/** The part of a plan that is about one resource. */
function onlyOf(plan: Plan, address: string): Plan {
  const actions = plan.actions.filter((action) => resourceOf(action.address) === address);
  const keeps = plan.keeps.filter((keep) => resourceOf(keep.address ?? "") === address);
  return { ...plan, actions, keeps, problems: [], acknowledge: acknowledgeHash(actions) };
}

/** What goes, and what stays all the same. */
function said({ actions, keeps }: Plan): readonly Diagnostic[] {
  if (actions.length + keeps.length === 0) return [];
  const gone = deletionsFirst(actions).map(lineOf);
  const stays = keeps.map(({ cluster, collection, snapshotId, reasons }) => {
    return `= ${cluster}/${collection} ${snapshotId}: ${reasons.join("; ")}`;
  });
  const parts = [
    ...(gone.length === 0 ? [] : [listed(gone)]),
    ...(stays.length === 0 ? [] : [`What stays:\n${listed(stays)}`]),
  ];
  const summary = `${counted(actions.length, "snapshot")} deleted with it, ${keeps.length} kept`;
  return [{ severity: "warning", summary, detail: parts.join("\n\n") }];
}

/** A half-deleted policy would be gone from Terraform: it is all that may go, or nothing. */
function heldErrors(kind: Kind, plan: Plan, isAllowed: boolean): readonly Diagnostic[] {
  return planDiagnostics(kind, { ...plan, diagnostics: [] }, isAllowed).map((held) => {
    const way = '\n\nApply that first, then destroy; or set `on_destroy = "keep"`.';
    return errorDiagnostic(held.summary, `${held.detail}${way}`);
  });
}

/** Ends the care for a resource; deletes what it made where that is what it says. */
export async function deleteResource(
  kind: Kind,
  around: Surroundings,
  context: ApplyContext<ProviderWorld>,
  { state, private: kept }: Stored,
): Promise<readonly Diagnostic[]> {
  const { configured: world, signal } = context;
  const address = addressOf(kind, state);
  const walk = walkOf(world.provider);
  if (address !== null && (walk.created.has(address) || walk.condemned.has(address))) {
    return outlived(state, address);
  }
  // Of a replacement no destroy has been planned.
  if (isTrue(state, "deletion_protection")) return [protectedFrom("destroyed")];
  if (address === null) return [];
  if (parseKept(kept).isCreation) {
    walk.replaced.add(address);
    return outlived(state, address);
  }
  if (!isToDelete(state) && !kind.isOver) return [];
  const { desired } = resolve(kind, state, world.provider, around);
  const known = desired === null ? world.desired : focus(kind, desired);
  return world.change(removal(known, address), signal, async (workspace) => {
    const found = isToDelete(state) ? await deleteMade(kind, workspace, state, address) : [];
    if (!hasErrors(found) && kind.isOver) await forget(workspace, address);
    return found;
  });
}

async function deleteMade(
  kind: Kind,
  workspace: Workspace,
  state: Tree,
  address: string,
): Promise<readonly Diagnostic[]> {
  const refused = kind.refuseDelete?.();
  if (refused) return [refused];
  const saved = onlyOf((await workspace.plan({})).plan, address);
  const isAllowed = isAcknowledged(saved, state);
  const held = heldErrors(kind, saved, isAllowed);
  if (held.length > 0) return held;
  const events: ApplyEvent[] = [];
  const applied = await workspace.apply({
    saved,
    approve: () => Promise.resolve(true),
    onEvent: (event) => events.push(event),
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    ...(isAllowed && saved.acknowledge !== null ? { acknowledge: saved.acknowledge } : {}),
  });
  const after = aftermathOf(kind, applied, events, isAllowed);
  return [
    ...said(saved),
    ...(after.isIncomplete ? asErrors(after.diagnostics) : after.diagnostics),
  ];
}

/** A wish that is over is not remembered as done: declared again, it is another wish. */
async function forget(workspace: Workspace, address: string): Promise<void> {
  try {
    await workspace.stateRemove(address, LOCK_TIMEOUT_MS);
  } catch (error) {
    if (!isSnapformError(error) || error.code !== "not-found") throw error;
  }
}
