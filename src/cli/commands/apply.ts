import type { ExitName } from "../../errors/index.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Plan } from "../../plan/plan.ts";
import { parsePlanFile } from "../../plan/plan-file.ts";
import { carryOut } from "../carry-out.ts";
import { requireConsent } from "../consent.ts";
import type { CommandScope } from "../context.ts";
import { usageError } from "../failure.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import type { ApplyFlags } from "../routes/apply.ts";

/** Carries out a saved plan, or one that is made now and approved. */
export async function apply(
  scope: CommandScope,
  flags: ApplyFlags & GlobalFlags,
  planFile?: string,
): Promise<ExitName> {
  const { only, noExpire } = flags;
  if (planFile === undefined) requireConsent(scope, flags);
  else if (only !== undefined || noExpire) {
    const hint = "Make the plan with these flags: `snapform plan --out FILE`.";
    throw usageError("a saved plan is carried out as it is: no --only, no --no-expire", hint);
  }
  const saved = planFile === undefined ? null : await readPlan(scope, planFile);
  return await withWorkspace(scope, flags, (opened) =>
    carryOut(scope, flags, opened, saved !== null, (hooks) =>
      opened.workspace.apply({
        ...hooks,
        ...(saved === null
          ? { options: { noExpire, ...(only === undefined ? {} : { only }) } }
          : { saved }),
      }),
    ),
  );
}

async function readPlan(scope: CommandScope, file: string): Promise<Plan> {
  const text = await scope.readFile(file);
  if (text === null) {
    throw new SnapformError("not-found", `there is no file ${file}`, {
      hint: "Save a plan with `snapform plan --out FILE`.",
    });
  }
  return parsePlanFile(text, file);
}
