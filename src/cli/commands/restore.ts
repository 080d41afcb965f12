import type { Desired } from "../../desired/desired.ts";
import { SnapformError, type ExitName } from "../../errors/index.ts";
import type { RestoreByHand } from "../../workspace/workspace.ts";
import { carryOut } from "../carry-out.ts";
import { requireConsent } from "../consent.ts";
import type { CommandScope } from "../context.ts";
import { usageError } from "../failure.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import { parsePlace } from "../parse-place.ts";
import type { RestoreFlags } from "../routes/restore.ts";

type From = RestoreByHand["from"];

/** Restores what no file declares, after showing the plan and asking. */
export async function restore(
  scope: CommandScope,
  flags: RestoreFlags & GlobalFlags,
): Promise<ExitName> {
  const { at, ifExists, check } = flags;
  const from = sourceOf(flags);
  const target = flags.to === undefined ? null : parsePlace(flags.to);
  requireConsent(scope, flags);
  return await withWorkspace(scope, flags, (opened) => {
    const { workspace } = opened;
    const to = target ?? originOf(from, workspace.desired);
    return carryOut(scope, flags, opened, false, (hooks) =>
      workspace.restore({ ...hooks, from, at, to, ifExists, check }),
    );
  });
}

const hint =
  "Give --policy NAME --collection C, or --snapshot NAME, or --repository NAME --cluster C " +
  "--collection C.";

function sourceOf(flags: RestoreFlags): From {
  const { policy, snapshot, repository, cluster, collection, at } = flags;
  const given = [policy, snapshot, repository].filter((name) => name !== undefined);
  if (given.length !== 1) throw usageError("where to restore from is not clear", hint);
  if (snapshot !== undefined) {
    if (collection !== undefined || cluster !== undefined || at !== "latest") {
      throw usageError("--snapshot names one snapshot: no --cluster, --collection or --at", hint);
    }
    return { kind: "snapshot", snapshot };
  }
  if (collection === undefined) throw usageError("--collection is missing", hint);
  if (policy !== undefined) {
    if (cluster !== undefined) throw usageError("--policy knows its cluster: no --cluster", hint);
    return { kind: "policy", policy, collection };
  }
  if (repository === undefined || cluster === undefined) {
    throw usageError("--cluster is missing", hint);
  }
  return { kind: "repository", repository, cluster, collection };
}

/** Where the snapshot was taken. */
function originOf(from: From, desired: Desired): RestoreByHand["to"] {
  switch (from.kind) {
    case "repository":
      return { cluster: from.cluster, collection: from.collection };
    case "policy": {
      const policy = desired.policies.find(({ name }) => name === from.policy);
      if (policy === undefined) throw undeclared(`policy.${from.policy}`);
      return { cluster: policy.cluster, collection: from.collection };
    }
    case "snapshot": {
      const snapshot = desired.snapshots.find(({ name }) => name === from.snapshot);
      if (snapshot === undefined) throw undeclared(`snapshot.${from.snapshot}`);
      return { cluster: snapshot.cluster, collection: snapshot.collection };
    }
  }
}

function undeclared(address: string): SnapformError {
  return new SnapformError("not-found", `the configuration does not declare ${address}`, {
    hint: "Name the repository instead: --repository NAME --cluster C --collection C.",
  });
}
