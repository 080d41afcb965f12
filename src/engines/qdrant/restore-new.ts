import type { RestoreResult } from "../../engine/driver.ts";
import { isSnapformError } from "../../errors/index.ts";
import { compareCollection, type CheckTerms } from "./check.ts";
import { restoreAliases } from "./restore-aliases.ts";
import { buildCollection } from "./restore-build.ts";
import { clearBuilt } from "./restore-clear.ts";
import { requireNewFits } from "./restore-refusals.ts";
import { finishedRun } from "./restore-result.ts";
import type { RestoreRun } from "./restore-run.ts";
import { waitUntilIdle } from "./restore-wait.ts";
import { lookAtNames, requireFree } from "./run-marks.ts";
import { underWay } from "./under-way.ts";

/** Has the servers make a collection that is not there, and takes it for good once it is checked. */
export async function restoreNew(run: RestoreRun): Promise<RestoreResult> {
  const { setting, request, source, context } = run;
  const { target } = request;
  requireNewFits(source, run.look, target);
  requireFree(await lookAtNames(setting, context.signal), target);
  await run.remember({ phase: "restoring" });
  const check = await builtAside(run, target, async () => {
    const compared = await compareCollection(
      setting,
      termsOf(run, target),
      request.check,
      context.signal,
    );
    const findings = request.aliases ? await restoreAliases(run) : [];
    return { ...compared, findings: [...compared.findings, ...findings] };
  });
  return finishedRun(run, check);
}

/** Builds and checks a collection of the run; when that fails, it is taken back. */
export async function builtAside<T>(
  run: RestoreRun,
  collection: string,
  check: () => Promise<T>,
): Promise<T> {
  const { setting, request, source, context } = run;
  const { runId } = request;
  try {
    const inFlight = (number: number | null): Promise<void> => run.remember({ inFlight: number });
    const { pieces } = source;
    await buildCollection(setting, { runId, collection, pieces, inFlight }, context);
    return await check();
  } catch (error) {
    throw await takenBack(run, collection, error);
  }
}

/** What the snapshot's collection must be like. */
export function termsOf({ source }: RestoreRun, collection: string): CheckTerms {
  const subject = "the snapshot";
  const { expected } = source;
  return { collection, expected, subject, code: "corrupt", allowsMoreIndexes: false };
}

/** Clears away what was built. What cannot be cleared now is found again by the run's id. */
async function takenBack(run: RestoreRun, collection: string, error: unknown): Promise<unknown> {
  const { setting, request, record, context } = run;
  const isUnknown = isSnapformError(error) && error.outcomeUnknown;
  const lost = isUnknown ? record.pieces.find(({ number }) => number === record.inFlight) : null;
  const { runId } = request;
  return underWay(setting, error, context, async (signal) => {
    await waitUntilIdle(setting, collection, lost ?? null, signal);
    await clearBuilt(setting, { runId, collection, shape: record.shape }, signal);
    if (record.inFlight !== null) await run.remember({ inFlight: null });
  });
}
