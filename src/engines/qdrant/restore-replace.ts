import type { RestoreResult } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { CheckResult } from "../../snapshot/check.ts";
import { collectionDetails } from "./api/collections.ts";
import { compareCollection } from "./check.ts";
import { collectionLayout } from "./collection-layout.ts";
import {
  isDoneAlias,
  isMark,
  markerAlias,
  overwritingAlias,
  scratchName,
  targetAlias,
} from "./marks.ts";
import { fillCollection, requireMark } from "./restore-build.ts";
import { deleteAllFiles } from "./restore-clear.ts";
import { takeForGood } from "./restore-done.ts";
import { addIndexes, requireIndexesFit } from "./restore-indexes.ts";
import { builtAside, termsOf } from "./restore-new.ts";
import { requireLiveFits } from "./restore-refusals.ts";
import { finishedRun } from "./restore-result.ts";
import type { RestoreRun } from "./restore-run.ts";
import { askAny } from "./ask-any.ts";
import { aliasTarget, dropMarks, lookAtNames, pointAlias, type Names } from "./run-marks.ts";
import { isSettled, lookAtShards, whyUnsettled } from "./shard-watch.ts";
import { failureOf, withMore } from "./under-way.ts";

/**
 * Restores beside the target, checks that, and only then overwrites the target, node after node.
 * From the first byte that goes over it, forward is the only way to something whole: the scratch
 * collection stays until the target is checked, and a recovery takes the points from there.
 */
export async function restoreReplace(run: RestoreRun): Promise<RestoreResult> {
  const { setting, request, context } = run;
  const { runId, target } = request;
  await requireTarget(run);
  const scratch = scratchName(target, runId);
  await run.remember({ phase: "restoring" });
  await pointAlias(setting, targetAlias(runId), target, context.signal);
  // Of two that have looked at the same moment, both see the other's mark by now.
  try {
    requireAlone(await lookAtNames(setting, context.signal), target, runId);
  } catch (error) {
    await dropMarks(setting, runId, context.signal);
    throw error;
  }
  const aside = await builtAside(run, scratch, async () => {
    const { signal } = context;
    const compared = await compareCollection(setting, termsOf(run, scratch), request.check, signal);
    // Their space is needed for the uploads over the target.
    await deleteAllFiles(setting, scratch, signal);
    await requireMark(setting, target, targetAlias(runId), signal);
    return compared;
  });
  await pointAlias(setting, overwritingAlias(runId), scratch, context.signal);
  await run.remember({ phase: "overwriting" });
  const check = await overwritten(run);
  const findings = [
    `It was restored beside the target first, and checked there: ${aside.findings.at(-1) ?? ""}`,
    ...check.findings,
  ];
  return finishedRun(run, { ...check, findings });
}

async function overwritten(run: RestoreRun): Promise<CheckResult> {
  const { setting, request, source, context } = run;
  const { runId, target, check: level } = request;
  const done: string[] = [];
  try {
    const inFlight = async (number: number | null): Promise<void> => {
      const piece = source.pieces.find((each) => each.number === run.record.inFlight);
      await run.remember({ inFlight: number });
      if (number === null && piece) done.push(piece.node.name);
    };
    const { pieces, expected } = source;
    const mark = targetAlias(runId);
    await fillCollection(
      setting,
      { runId, collection: target, mark, isThere: true, pieces, inFlight },
      context,
    );
    await addIndexes(setting, target, expected.payloadSchema, context.signal);
    const terms = { ...termsOf(run, target), allowsMoreIndexes: true };
    const compared = await compareCollection(setting, terms, level, context.signal);
    const told = await takeForGood(setting, run.record, context.signal);
    return { ...compared, findings: [...compared.findings, ...told] };
  } catch (error) {
    const failure = failureOf(error, context.signal);
    const names = done.length === 0 ? "no node" : done.join(", ");
    const text = `collection ${JSON.stringify(target)} is overwritten in part (done: ${names})`;
    throw withMore(failure, text, {
      outcomeUnknown: true,
      hint:
        "The next apply goes on from the checked collection beside it; pause writers until then. " +
        (failure.hint ?? ""),
    });
  }
}

/** Refuses a target that another restore fills or overwrites: their points would be mixed. */
function requireAlone({ aliases }: Names, target: string, runId: string): void {
  const own: readonly string[] = [markerAlias(runId), targetAlias(runId)];
  const other = aliases.find(
    ({ alias, collection }) =>
      collection === target && isMark(alias) && !isDoneAlias(alias) && !own.includes(alias),
  );
  if (other === undefined) return;
  const text = `another restore into collection ${JSON.stringify(target)} is under way`;
  throw new SnapformError(
    "aborted",
    `${text}, or was interrupted: it set the alias ${other.alias}`,
    {
      hint:
        "Wait for it, or apply the project that began it once more; if nobody ever will, delete " +
        "that alias.",
    },
  );
}

/** The target as it must be before anything is made. */
async function requireTarget(run: RestoreRun): Promise<void> {
  const { setting, request, source, look, context } = run;
  const { target, expectedIdentity } = request;
  const { signal } = context;
  const quoted = JSON.stringify(target);
  if (expectedIdentity !== null) {
    const text = `collection ${quoted} cannot be told from another one of its name`;
    throw new SnapformError("failed-precondition", text);
  }
  const names = await lookAtNames(setting, signal);
  const real = aliasTarget(names, target);
  if (real !== null) {
    const text = `${quoted} is an alias, of collection ${JSON.stringify(real)}, which is live`;
    throw new SnapformError("failed-precondition", text, {
      hint: "Name the collection itself, or restore with `ifExists: alias`.",
    });
  }
  if (!names.collections.has(target)) {
    throw new SnapformError("failed-precondition", `collection ${quoted} is gone`);
  }
  requireAlone(names, target, request.runId);
  const view = await lookAtShards(setting, target, signal);
  if (!isSettled(view) || view.placement === null) {
    const text = `collection ${quoted} does not serve as a whole: ${whyUnsettled(view)}`;
    throw new SnapformError("failed-precondition", text, {
      hint: "Repair its replicas first, or restore under another name.",
    });
  }
  const details = await askAny(setting.nodes, ({ client }) =>
    collectionDetails(client, target, { signal, timeoutMs: setting.timeouts.lookMs }),
  );
  requireLiveFits(source, look, target, collectionLayout(details.config, view.placement));
  requireIndexesFit(target, details.payloadSchema, source.expected.payloadSchema);
}
