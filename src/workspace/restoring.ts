import type { DesiredRestore, RestoreSource } from "../desired/desired.ts";
import { SnapformError } from "../errors/index.ts";
import { applyWorkspace } from "./applying.ts";
import type { Session } from "./session.ts";
import type { Applied, ApplyRequest, RestoreByHand } from "./workspace.ts";

/** The name under which restores by hand are planned and recorded. */
export const BY_HAND = "by-hand";

/** How long what a restore by hand replaced is kept: seven days. */
const KEEP_REPLACED_MS = 7 * 24 * 3_600_000;

function sourceOf(session: Session, request: RestoreByHand): RestoreSource {
  const { desired } = session;
  const { from, at } = request;
  switch (from.kind) {
    case "policy": {
      const policy = desired.policies.find((entry) => entry.name === from.policy);
      if (!policy) throw undeclared(`policy.${from.policy}`);
      return { ...from, cluster: policy.cluster, at };
    }
    case "snapshot": {
      const named = desired.snapshots.find((entry) => entry.name === from.snapshot);
      if (!named) throw undeclared(`snapshot.${from.snapshot}`);
      return { ...from, cluster: named.cluster, collection: named.collection };
    }
    case "repository":
      return { ...from, at };
  }
}

function undeclared(address: string): SnapformError {
  return new SnapformError("not-found", `${address} is not declared`, {
    hint: "Name the repository instead: --repository NAME --cluster C --collection C.",
  });
}

/** Plans and carries out a restore that no file declares: the same steps, the same questions. */
export async function restoreByHand(
  session: Session,
  request: RestoreByHand &
    Pick<ApplyRequest, "acknowledge" | "lockTimeoutMs" | "approve" | "onEvent">,
): Promise<Applied> {
  const restore: DesiredRestore = {
    name: BY_HAND,
    from: sourceOf(session, request),
    to: {
      ...request.to,
      ifExists: request.ifExists,
      alias: null,
      aliases: false,
      keepReplacedMs: KEEP_REPLACED_MS,
    },
    refresh: "once",
    check: request.check,
  };
  const desired = { ...session.desired, restores: [restore] };
  const { acknowledge, lockTimeoutMs, approve, onEvent } = request;
  return applyWorkspace(
    { ...session, desired },
    {
      options: { force: [`restore.${BY_HAND}`] },
      lockTimeoutMs,
      approve,
      onEvent,
      ...(acknowledge === undefined ? {} : { acknowledge }),
    },
  );
}
