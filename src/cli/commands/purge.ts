import type { ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import { usageError } from "../failure.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import { parsePlace } from "../parse-place.ts";
import type { PurgeFlags } from "../routes/purge.ts";
import { counted } from "../text/units.ts";
import { visible } from "../text/visible.ts";
import { documentJson } from "../views/document-json.ts";

/** Removes every snapshot of a collection that nothing declares. */
export async function purge(
  scope: CommandScope,
  flags: PurgeFlags & GlobalFlags,
  name: string,
): Promise<ExitName> {
  const { confirm, lockTimeout: lockTimeoutMs } = flags;
  const { cluster, collection } = parsePlace(name);
  if (confirm !== name) {
    const hint = `To remove every snapshot of it, the newest included: --confirm ${name}`;
    throw usageError("--confirm names another collection", hint);
  }
  return await withWorkspace(scope, flags, async ({ workspace }) => {
    const removed = await workspace.purge(cluster, collection, { confirm, lockTimeoutMs });
    if (flags.json) {
      scope.stdout.write(documentJson("purge", { cluster, collection, removed }));
      return "done";
    }
    const lines = removed.map(({ id }) => `- ${visible(id)}\n`).join("");
    const total = `Removed ${counted(removed.length, "snapshot")} of ${visible(name)}.\n`;
    scope.stdout.write(lines + total);
    return "done";
  });
}
