import type { ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import { documentJson } from "../views/document-json.ts";
import { explainHuman } from "../views/explain-human.ts";

/** Explains one resource. */
export async function explain(
  scope: CommandScope,
  flags: GlobalFlags,
  address: string,
): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace, screen, zones }) => {
    const explanation = await workspace.explain(address);
    const now = scope.clock.now();
    scope.stdout.write(
      flags.json
        ? documentJson("explanation", explanation)
        : explainHuman(explanation, { screen, zones, now }),
    );
    return "done";
  });
}
