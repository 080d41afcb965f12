import { hasErrors } from "../diagnostics/diagnostic.ts";
import { SnapformError } from "../errors/index.ts";
import { withheldBecause } from "../plan/acknowledge.ts";
import type { Plan } from "../plan/plan.ts";
import type { CommandScope } from "./context.ts";
import { usageError } from "./failure.ts";
import type { ConsentFlags, GlobalFlags } from "./flags.ts";
import type { Opened } from "./open.ts";
import { planHuman } from "./views/plan-human.ts";

/** Refuses to begin what nobody can be asked about. */
export function requireConsent(scope: CommandScope, flags: ConsentFlags & GlobalFlags): void {
  if (flags.yes || (scope.canAsk && !flags.json)) return;
  throw usageError(
    flags.json ? "--json does not ask" : "there is no terminal to ask on",
    "Give --yes, or save a plan with `snapform plan --out FILE`, have it reviewed, and apply " +
      "that file.",
  );
}

/** Shows the plan and, unless that was said before, asks whether to carry it out. */
export async function approve(
  plan: Plan,
  scope: CommandScope,
  flags: ConsentFlags & GlobalFlags,
  opened: Opened,
): Promise<boolean> {
  if (!flags.json) {
    const { screen, zones, sources } = opened;
    scope.stdout.write(`${planHuman(plan, { screen, zones, sources, verbose: false })}\n`);
  }
  if (hasErrors(plan.diagnostics)) {
    throw new SnapformError("failed-precondition", "the plan has errors; nothing was done");
  }
  if (flags.yes || !hasWork(plan, flags.acknowledge)) return true;
  const { style } = opened.screen;
  const answer = await scope.ask(`${style.bold("Carry this out?")} Only "yes" does it: `);
  return answer?.trim() === "yes";
}

/** Whether anything would happen: a plan of which everything is held back needs no answer. */
function hasWork(plan: Plan, acknowledge: string | undefined): boolean {
  const isAcknowledged = acknowledge !== undefined && acknowledge === plan.acknowledge;
  return plan.actions.some((action) => withheldBecause(action, isAcknowledged) === null);
}
