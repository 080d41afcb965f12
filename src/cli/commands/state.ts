import { SnapformError, type ExitName } from "../../errors/index.ts";
import type { State } from "../../ledger/state.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags, LockFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import type { StatePushFlags } from "../routes/state.ts";
import { visible } from "../text/visible.ts";
import { documentJson } from "../views/document-json.ts";
import { recordsOf, stateListHuman } from "../views/state-human.ts";

async function theState(workspace: Workspace): Promise<State> {
  const state = await workspace.readState();
  if (state !== null) return state;
  const where = workspace.stateLocation;
  throw new SnapformError("not-found", `there is no state in ${where}`, {
    hint: "The first apply makes it. If it was lost: snapform adopt --from-repository.",
  });
}

/** Lists the records of the state. */
export async function listState(scope: CommandScope, flags: GlobalFlags): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace, screen }) => {
    const state = await theState(workspace);
    const holder = await workspace.lockHolder();
    scope.stdout.write(
      flags.json
        ? documentJson("state", { location: workspace.stateLocation, lock: holder, state })
        : stateListHuman(state, holder, screen, scope.clock.now()),
    );
    return "done";
  });
}

/** Shows the records of one key. */
export async function showState(
  scope: CommandScope,
  flags: GlobalFlags,
  key: string,
): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace }) => {
    const records = recordsOf(await theState(workspace), key);
    if (Object.keys(records).length === 0) {
      throw new SnapformError("not-found", `the state has no record ${key}`, {
        hint: "List the records with `snapform state list`.",
      });
    }
    scope.stdout.write(
      flags.json
        ? documentJson("state-records", { key, records })
        : `${JSON.stringify(records, null, 2)}\n`,
    );
    return "done";
  });
}

/** Writes the state to standard output. */
export async function pullState(scope: CommandScope, flags: GlobalFlags): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace }) => {
    await theState(workspace);
    scope.stdout.write((await workspace.statePull()) ?? "");
    return "done";
  });
}

/** Replaces the state by a file. */
export async function pushState(
  scope: CommandScope,
  flags: StatePushFlags & GlobalFlags,
  file: string,
): Promise<ExitName> {
  const text = await scope.readFile(file);
  if (text === null) throw new SnapformError("not-found", `there is no file ${file}`);
  const { force, lockTimeout: lockTimeoutMs } = flags;
  return await withWorkspace(scope, flags, async ({ workspace }) => {
    const { lineage, serial } = await workspace.statePush(text, { force, lockTimeoutMs });
    scope.stdout.write(
      flags.json
        ? documentJson("state-push", { lineage, serial })
        : `Replaced the state. It has serial ${serial} now.\n`,
    );
    return "done";
  });
}

/** Removes the records of one key. */
export async function removeState(
  scope: CommandScope,
  flags: LockFlags & GlobalFlags,
  key: string,
): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace }) => {
    const removed = await workspace.stateRemove(key, flags.lockTimeout);
    scope.stdout.write(
      flags.json
        ? documentJson("state-removal", { key, removed })
        : removed.map((record) => `Removed ${visible(record)}.\n`).join(""),
    );
    return "done";
  });
}

/** Removes a lock by its id. */
export async function unlock(
  scope: CommandScope,
  flags: GlobalFlags,
  id: string,
): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace }) => {
    const owner = await workspace.unlock(id);
    const { operation, pid, host } = owner;
    scope.stdout.write(
      flags.json
        ? documentJson("unlock", { owner })
        : `Removed the lock of ${visible(`${operation}, process ${pid} on ${host}`)}.\n`,
    );
    return "done";
  });
}
