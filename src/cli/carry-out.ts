import type { ExitName } from "../errors/index.ts";
import type { Applied, ApplyRequest } from "../workspace/workspace.ts";
import { approve } from "./consent.ts";
import type { CommandScope } from "./context.ts";
import type { ConsentFlags, GlobalFlags } from "./flags.ts";
import { openJsonReport } from "./reports/report-json.ts";
import { openLinesReport } from "./reports/report-lines.ts";
import { openLiveReport } from "./reports/report-live.ts";
import type { Opened } from "./open.ts";
import type { Report } from "./reports/report.ts";
import { applyHuman } from "./views/apply-human.ts";
import { applyJson } from "./views/apply-json.ts";

type Hooks = Pick<ApplyRequest, "approve" | "onEvent" | "acknowledge" | "lockTimeoutMs">;

/** Lets the workspace carry something out, and shows plan, progress and outcome. */
export async function carryOut(
  scope: CommandScope,
  flags: ConsentFlags & GlobalFlags,
  opened: Opened,
  isReviewed: boolean,
  work: (hooks: Hooks) => Promise<Applied>,
): Promise<ExitName> {
  const report = openReport(scope, flags, opened);
  let applied: Applied;
  try {
    applied = await work({
      lockTimeoutMs: flags.lockTimeout,
      ...(flags.acknowledge === undefined ? {} : { acknowledge: flags.acknowledge }),
      onEvent: (event) => report.tell(event),
      approve: async (plan) => {
        report.pause();
        const isApproved = isReviewed || (await approve(plan, scope, flags, opened));
        if (isApproved) report.begin(plan);
        return isApproved;
      },
    });
  } finally {
    report.close();
  }
  const { plan, result } = applied;
  if (result === null) {
    const isStopped = scope.signal.aborted;
    const exit: ExitName = isStopped ? "cancelled" : "error";
    const why = isStopped ? "it was stopped" : 'the answer was not "yes"';
    scope.stderr.write(`Not applied: ${why}. Nothing was changed.\n`);
    return exit;
  }
  const elapsedMs = report.elapsedMs();
  scope.stdout.write(
    flags.json
      ? applyJson(result, elapsedMs)
      : applyHuman(plan, result, { ...opened, elapsedMs, isReviewed }),
  );
  return result.exit;
}

function openReport(scope: CommandScope, flags: GlobalFlags, opened: Opened): Report {
  if (flags.json) return openJsonReport(scope);
  const isLive = scope.isTTY && scope.env["TERM"] !== "dumb";
  return isLive ? openLiveReport(scope, opened) : openLinesReport(scope);
}
