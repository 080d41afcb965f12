import type { ExitName } from "../../errors/index.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Key } from "../answers.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import type { KeepingFlags } from "../routes/keeping.ts";
import { visible } from "../text/visible.ts";
import { documentJson } from "../views/document-json.ts";

type Flags = KeepingFlags & GlobalFlags;
type Command = (scope: CommandScope, flags: Flags, id: string) => Promise<ExitName>;

/** A command that does one thing to one snapshot and says so in one sentence. */
function keeping(
  kind: string,
  sentence: (name: string) => string,
  work: (workspace: Workspace, id: string, lockTimeoutMs: number) => Promise<Key | null>,
): Command {
  return async (scope, flags, given) =>
    await withWorkspace(scope, flags, async ({ workspace }) => {
      const done = await work(workspace, given, flags.lockTimeout);
      const { id, cluster, collection } = done ?? { id: given, cluster: null, collection: null };
      if (flags.json) {
        scope.stdout.write(documentJson(kind, { id, cluster, collection }));
        return "done";
      }
      const name = cluster === null ? id : `${id} of ${cluster}/${collection}`;
      scope.stdout.write(`${sentence(visible(name))}\n`);
      return "done";
    });
}

export const forget: Command = keeping(
  "forgotten",
  (name) => `Forgot ${name}. Nothing was deleted.`,
  (workspace, id, lockTimeoutMs) => workspace.forget(id, lockTimeoutMs),
);

export const pin: Command = keeping(
  "pinned",
  (name) => `Pinned ${name}. No rule expires it.`,
  (workspace, id, lockTimeoutMs) => workspace.pin(id, true, lockTimeoutMs),
);

export const unpin: Command = keeping(
  "unpinned",
  (name) => `Unpinned ${name}. The rules decide about it again.`,
  (workspace, id, lockTimeoutMs) => workspace.pin(id, false, lockTimeoutMs),
);

export const undelete: Command = keeping(
  "undeleted",
  (name) => `Brought back ${name}. It is pinned; unpin it to let the rules decide.`,
  (workspace, id, lockTimeoutMs) => workspace.undelete(id, lockTimeoutMs),
);
