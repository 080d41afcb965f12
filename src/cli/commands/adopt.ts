import type { ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import { usageError } from "../failure.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import type { AdoptFlags } from "../routes/adopt.ts";
import { counted } from "../text/units.ts";
import { visible } from "../text/visible.ts";
import { documentJson } from "../views/document-json.ts";

/** Takes snapshots over into this state. */
export async function adopt(
  scope: CommandScope,
  flags: AdoptFlags & GlobalFlags,
  ...ids: readonly string[]
): Promise<ExitName> {
  const { fromRepository, as: address, dryRun, lockTimeout } = flags;
  if (ids.length === 0 && !fromRepository) {
    throw usageError("nothing to adopt is named", "Name snapshot ids, or give --from-repository.");
  }
  return await withWorkspace(scope, flags, async ({ workspace }) => {
    const snapshots = await workspace.adopt({
      ids,
      fromRepository,
      dryRun,
      lockTimeoutMs: lockTimeout,
      ...(address === undefined ? {} : { address }),
    });
    if (flags.json) {
      scope.stdout.write(documentJson("adoption", { isDryRun: dryRun, snapshots }));
      return "done";
    }
    const lines = snapshots.map(
      ({ id, cluster, collection }) => `${visible(`${cluster}/${collection} ${id}`)}\n`,
    );
    const verb = dryRun ? "Would take over" : "Took over";
    const total = `${verb} ${counted(snapshots.length, "snapshot")}.\n`;
    scope.stdout.write(lines.join("") + total);
    return "done";
  });
}
