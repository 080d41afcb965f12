import type { EngineContext, RestoreRequest, RestoreResult } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { lookAtCluster } from "./cluster.ts";
import { recoverRun } from "./recover.ts";
import { restoreNew } from "./restore-new.ts";
import { readRecord } from "./restore-record.ts";
import { requireRestorable, requireVersions } from "./restore-refusals.ts";
import { restoreReplace } from "./restore-replace.ts";
import { resultOfEarlier } from "./restore-result.ts";
import { RestoreRun } from "./restore-run.ts";
import { openSource } from "./restore-source.ts";
import type { QdrantSetting } from "./setting.ts";

/** Targets that this process restores into now: two at once would mix their points. */
const busyTargets: WeakMap<QdrantSetting, Set<string>> = new WeakMap();

/** Restores a collection; a second call with the same `runId` finds what the first one has done. */
export async function restoreCollection(
  setting: QdrantSetting,
  request: RestoreRequest,
  context: EngineContext,
): Promise<RestoreResult> {
  const busy = busyTargets.get(setting) ?? new Set();
  busyTargets.set(setting, busy);
  const { target } = request;
  if (busy.has(target)) {
    const text = `another restore into ${JSON.stringify(target)} is under way`;
    throw new SnapformError("aborted", `cluster ${setting.cluster}: ${text}`);
  }
  busy.add(target);
  try {
    return await restoreAlone(setting, request, context);
  } finally {
    busy.delete(target);
  }
}

async function restoreAlone(
  setting: QdrantSetting,
  request: RestoreRequest,
  context: EngineContext,
): Promise<RestoreResult> {
  const { runId, target, earlier, procedure } = request;
  const look = await lookAtCluster(setting, context.signal);
  const record = readRecord(earlier);
  const isReplacedNow = procedure === "replace";
  const before = { runId: record?.runId ?? runId, target, earlier, isReplacedNow };
  const recovered = await recoverRun(setting, before, context);
  if (recovered.trace.kind === "finished") return resultOfEarlier(recovered.record);
  requireRestorable(look);
  const source = openSource(setting, request);
  if (source.layout !== null) requireVersions(source.layout, look);
  const run = new RestoreRun(setting, request, { source, look }, context);
  switch (procedure) {
    case "new":
      return restoreNew(run);
    case "replace":
      return restoreReplace(run);
    case "in-place":
      throw new SnapformError(
        "unimplemented",
        "Qdrant cannot roll a live collection back in one step",
      );
  }
}
