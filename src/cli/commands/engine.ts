import type { ExitName } from "../../errors/index.ts";
import type { EngineCheckCase } from "../../workspace/workspace.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import type { Screen } from "../text/style.ts";
import { visible } from "../text/visible.ts";
import { block } from "../text/width.ts";
import { lineJson } from "../views/document-json.ts";

/** Runs the engine contract against a cluster, a line per case. */
export async function checkEngine(
  scope: CommandScope,
  flags: GlobalFlags,
  cluster: string,
): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace, screen }) => {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    await workspace.engineCheck(cluster, (result) => {
      counts[result.status] += 1;
      scope.stdout.write(flags.json ? lineJson("case", result) : caseHuman(result, screen));
    });
    const { passed, failed, skipped } = counts;
    scope.stdout.write(
      flags.json
        ? lineJson("result", { cluster, counts })
        : `\n${passed} passed, ${failed} failed, ${skipped} skipped.\n`,
    );
    return failed > 0 ? "error" : "done";
  });
}

function caseHuman({ title, status, detail }: EngineCheckCase, screen: Screen): string {
  const { style, columns } = screen;
  const paint = { passed: style.green, failed: style.red, skipped: style.dim };
  const why = detail === null ? "" : `${block(visible(detail), 9, columns)}\n`;
  return `${paint[status](status.padEnd(7))}  ${visible(title)}\n${why}`;
}
