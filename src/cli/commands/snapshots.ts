import { SnapformError, type ExitName } from "../../errors/index.ts";
import type { ListedSnapshot } from "../../workspace/workspace.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import type { SnapshotsListFlags } from "../routes/snapshots.ts";
import { documentJson } from "../views/document-json.ts";
import { snapshotHuman, snapshotsHuman } from "../views/snapshots-human.ts";

/** Lists the snapshots that exist. */
export async function listSnapshots(
  scope: CommandScope,
  flags: SnapshotsListFlags & GlobalFlags,
): Promise<ExitName> {
  const { cluster, collection } = flags;
  return await withWorkspace(scope, flags, async ({ workspace, screen, zones }) => {
    const snapshots = await workspace.snapshots({
      ...(cluster === undefined ? {} : { cluster }),
      ...(collection === undefined ? {} : { collection }),
    });
    const now = scope.clock.now();
    scope.stdout.write(
      flags.json
        ? documentJson("snapshots", { snapshots })
        : snapshotsHuman(snapshots, { screen, zones, now }),
    );
    return "done";
  });
}

/** Shows one snapshot. */
export async function showSnapshot(
  scope: CommandScope,
  flags: GlobalFlags,
  id: string,
): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace, screen, zones }) => {
    const found = theOne(await workspace.snapshots({}), id);
    const now = scope.clock.now();
    scope.stdout.write(
      flags.json ? documentJson("snapshot", found) : snapshotHuman(found, { screen, zones, now }),
    );
    return "done";
  });
}

function theOne(all: readonly ListedSnapshot[], id: string): ListedSnapshot {
  const exact = all.filter(({ snapshot }) => snapshot.id === id);
  const found = exact.length > 0 ? exact : all.filter(({ snapshot }) => snapshot.id.startsWith(id));
  const [first] = found;
  const hint = "List them with `snapform snapshots list`.";
  if (first === undefined)
    throw new SnapformError("not-found", `there is no snapshot ${id}`, { hint });
  if (found.length > 1) {
    throw new SnapformError("invalid-argument", `${found.length} snapshots begin with ${id}`, {
      hint,
    });
  }
  return first;
}
