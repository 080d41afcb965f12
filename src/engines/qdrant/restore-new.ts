import type { RestoreResult } from "../../engine/driver.ts";
import { isSnapformError } from "../../errors/index.ts";
import { compareCollection, type CheckTerms } from "./check.ts";
import type { Json } from "../../snapshot/json.ts";
import { collectionDetails } from "./api/collections.ts";
import { makeCollection } from "./make-collection.ts";
import { markerAlias } from "./marks.ts";
import { builtBy, clearBuilt } from "./restore-clear.ts";
import { fillCollection } from "./restore-build.ts";
import { takeForGood } from "./restore-done.ts";
import { addIndexes } from "./restore-indexes.ts";
import { requireNewFits } from "./restore-refusals.ts";
import { finishedRun } from "./restore-result.ts";
import type { RestoreRun } from "./restore-run.ts";
import { waitUntilIdle } from "./restore-wait.ts";
import { askAny } from "./ask-any.ts";
import { dropMarks, lookAtNames, requireFree } from "./run-marks.ts";
import { underWay } from "./under-way.ts";

/** Makes a collection that is not there, fills it, and takes it for good once it is checked. */
export async function restoreNew(run: RestoreRun): Promise<RestoreResult> {
  const { setting, request, source, record, context } = run;
  const { target, check: level } = request;
  requireNewFits(source, run.look, target);
  requireFree(await lookAtNames(setting, context.signal), target);
  await run.remember({ phase: "restoring" });
  const check = await builtAside(run, target, async () => {
    const terms = termsOf(run, target);
    const compared = await compareCollection(setting, terms, level, context.signal);
    const findings = await takeForGood(setting, record, context.signal);
    return { ...compared, findings: [...compared.findings, ...findings] };
  });
  return finishedRun(run, check);
}

/** Makes, fills and checks a collection of the run; when that fails, it is taken back. */
export async function builtAside<T>(
  run: RestoreRun,
  collection: string,
  check: () => Promise<T>,
): Promise<T> {
  const { setting, request, source, context } = run;
  const { runId } = request;
  try {
    const config = await configOf(run);
    const isThere = config !== null && (await makeCollection(run, collection, config));
    if (!isThere) await run.remember({ serverMakes: true });
    const inFlight = (number: number | null): Promise<void> => run.remember({ inFlight: number });
    const { pieces } = source;
    const mark = markerAlias(runId);
    await fillCollection(setting, { runId, collection, mark, isThere, pieces, inFlight }, context);
    // Servers before 1.14.1 make none of them.
    if (!isThere)
      await addIndexes(setting, collection, source.expected.payloadSchema, context.signal);
    return await check();
  } catch (error) {
    throw await takenBack(run, collection, error);
  }
}

/**
 * The configuration to make the collection with. Of a snapshot that was taken by hand nobody
 * recorded it; then that of the collection that it was taken from, or is restored over, is as good:
 * the servers refuse a file whose vectors are others. Null where there is none.
 */
async function configOf({ setting, request, source, context }: RestoreRun): Promise<Json> {
  if (source.config !== null) return source.config;
  const { source: from, target, procedure } = request;
  const live = procedure === "replace" ? target : from.kind === "native" ? from.collection : null;
  if (live === null) return null;
  const options = { signal: context.signal, timeoutMs: setting.timeouts.lookMs };
  const { config } = await askAny(setting.nodes, ({ client }) =>
    collectionDetails(client, live, options),
  );
  return config;
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
  const { runId } = request;
  const isUnknown = isSnapformError(error) && error.outcomeUnknown;
  const lost = isUnknown ? record.pieces.find(({ number }) => number === record.inFlight) : null;
  return underWay(setting, error, context, async (signal) => {
    await waitUntilIdle(setting, collection, lost ?? null, signal);
    await clearBuilt(setting, builtBy(run.record, collection), signal);
    await dropMarks(setting, runId, signal);
    if (record.inFlight !== null) await run.remember({ inFlight: null });
  });
}
