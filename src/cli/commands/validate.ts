import type { ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import { counted } from "../text/units.ts";
import { documentJson } from "../views/document-json.ts";

/** Checks the configuration; mistakes are shown where it is opened. */
export async function validate(scope: CommandScope, flags: GlobalFlags): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace }) => {
    const { project, clusters, repositories, policies, snapshots, restores } = workspace.desired;
    const counts = {
      clusters: clusters.length,
      repositories: repositories.length,
      policies: policies.length,
      snapshots: snapshots.length,
      restores: restores.length,
    };
    if (flags.json) {
      scope.stdout.write(documentJson("validation", { valid: true, project, counts }));
      return "done";
    }
    const parts = [
      counted(counts.clusters, "cluster"),
      counted(counts.repositories, "repository", "repositories"),
      counted(counts.policies, "policy", "policies"),
      counted(counts.snapshots, "snapshot"),
      counted(counts.restores, "restore"),
    ];
    scope.stdout.write(`The configuration is valid: ${parts.join(", ")}.\n`);
    return "done";
  });
}
