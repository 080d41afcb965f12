import { hasErrors } from "../../diagnostics/diagnostic.ts";
import type { ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import { documentJson } from "../views/document-json.ts";
import { isSound, stateOf, statusHuman } from "../views/status-human.ts";

/** Shows how well everything is protected; fails where something is not. */
export async function status(scope: CommandScope, flags: GlobalFlags): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace, screen, zones, sources }) => {
    const found = await workspace.status();
    const now = scope.clock.now();
    scope.stdout.write(
      flags.json
        ? documentJson("status", found)
        : statusHuman(found, { screen, zones, sources, now }),
    );
    const isBad = found.collections.some((entry) => !["ok", "due"].includes(stateOf(entry)));
    const isDamaged = found.damaged.length > 0 || !found.repositories.every(isSound);
    return isBad || isDamaged || hasErrors(found.diagnostics) ? "error" : "done";
  });
}
