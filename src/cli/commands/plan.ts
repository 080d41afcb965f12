// Commands: one file per verb. Each asks the workspace for one thing and hands the answer to a view
// of the kind that the flags ask for. They know the context, the workspace's interface and the
// views; they hold no rules of backup. Invariant: a command returns the name of its exit status.
import { hasErrors } from "../../diagnostics/diagnostic.ts";
import type { ExitName } from "../../errors/index.ts";
import type { Plan } from "../../plan/plan.ts";
import { formatPlanFile } from "../../plan/plan-file.ts";
import type { CommandScope } from "../context.ts";
import { usageError } from "../failure.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace, type Opened } from "../open.ts";
import type { PlanFlags } from "../routes/plan.ts";

/** Shows the plan, and saves it where asked to. */
export async function plan(scope: CommandScope, flags: PlanFlags & GlobalFlags): Promise<ExitName> {
  const { out, at, only, noExpire } = flags;
  if (out !== undefined && at !== undefined) {
    const hint = "It is a plan of another time than now. Leave out --out to look at it.";
    throw usageError("a plan made with --at cannot be saved", hint);
  }
  if (flags.json && flags.markdown) {
    throw usageError("--json and --markdown exclude each other", "Give one of them.");
  }
  return await withWorkspace(scope, flags, async (opened) => {
    const { plan: made } = await opened.workspace.plan({
      noExpire,
      ...(only === undefined ? {} : { only }),
      ...(at === undefined ? {} : { at, applicable: false }),
    });
    scope.stdout.write(await shown(made, flags, opened));
    const isFaulty = hasErrors(made.diagnostics);
    if (out !== undefined && !isFaulty) await save(scope, flags, made, out);
    if (isFaulty || made.problems.length > 0) return "error";
    return flags.detailedExitcode && made.actions.length > 0 ? "changes" : "done";
  });
}

/** Views are loaded one by one: a plan is asked for more often than anything else. */
async function shown(
  made: Plan,
  { json, markdown, verbose }: PlanFlags & GlobalFlags,
  { screen, zones, sources }: Opened,
): Promise<string> {
  if (json) return (await import("../views/plan-json.ts")).planJson(made);
  if (markdown) return (await import("../views/plan-markdown.ts")).planMarkdown(made, zones);
  const { planHuman } = await import("../views/plan-human.ts");
  return planHuman(made, { screen, zones, sources, verbose });
}

async function save(
  scope: CommandScope,
  { json, markdown }: PlanFlags & GlobalFlags,
  made: Plan,
  out: string,
): Promise<void> {
  await scope.writeFile(out, formatPlanFile(made), false);
  const note = `Saved to ${out}. Carry it out with: snapform apply ${out}\n`;
  // What programs and pull requests read holds the plan alone.
  (json || markdown ? scope.stderr : scope.stdout).write(json ? "" : `\n${note}`);
}
