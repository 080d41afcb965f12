import type { ApplyEvent, ApplyResult } from "../../apply/events.ts";
import type { Action } from "../../plan/action.ts";
import type { Plan } from "../../plan/plan.ts";
import { lineJson } from "./document-json.ts";

/** What names an action in a stream; the rest of it stands in the plan. */
function nameOf({ id, kind, address, cluster, collection, snapshotId }: Action): object {
  return { id, kind, address, cluster, collection, snapshotId };
}

/** The first line: the plan that is carried out. */
export function beginJson(plan: Plan): string {
  return lineJson("plan", { plan });
}

/** An event as one line of JSON. */
export function eventJson(event: ApplyEvent): string {
  const { type, ...content } = event;
  return lineJson(
    type,
    "action" in content ? { ...content, action: nameOf(content.action) } : content,
  );
}

/** The last line: what came of every action, in the order of the plan. */
export function applyJson(result: ApplyResult, elapsedMs: number): string {
  const { outcomes, counts, isCancelled, exit, acknowledge } = result;
  return lineJson("result", {
    counts,
    isCancelled,
    exit,
    acknowledge,
    elapsedMs: Math.round(elapsedMs),
    outcomes: outcomes.map(({ action, outcome }) => ({ action: nameOf(action), outcome })),
  });
}
