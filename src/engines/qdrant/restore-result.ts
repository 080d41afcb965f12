import type { RestoreResult } from "../../engine/driver.ts";
import type { CheckResult } from "../../snapshot/check.ts";
import { clearFinished } from "./restore-clear.ts";
import type { RestoreRecord } from "./restore-record.ts";
import type { RestoreRun } from "./restore-run.ts";
import { isSnapformError, SnapformError } from "../../errors/index.ts";

/** Remembers that the target is complete, then removes what the run needs no more. */
export async function finishedRun(run: RestoreRun, compared: CheckResult): Promise<RestoreResult> {
  const { setting, record } = run;
  const check = { ...compared, findings: [...compared.findings, ...run.notes] };
  await run.rememberChecked(check);
  const left = await clearedFindings(setting, record);
  return resultOf(
    { check: { ...check, findings: [...check.findings, ...left] } },
    run.source.bytes,
  );
}

/** The result of a run that an earlier call has finished. */
export function resultOfEarlier(record: RestoreRecord | null): RestoreResult {
  const check = record?.result?.check ?? {
    level: "hashes" as const,
    findings: ["An earlier attempt finished this restore and checked what it had put in place."],
    limitation: "The collection may have been written to since, so it was not compared again.",
  };
  return resultOf({ check }, 0);
}

/** A collection has no identity, and the one that was there before is the safety snapshot's. */
function resultOf({ check }: { readonly check: CheckResult }, copiedBytes: number): RestoreResult {
  return { targetIdentity: null, check, copiedBytes, undo: null };
}

async function clearedFindings(
  setting: RestoreRun["setting"],
  record: RestoreRecord,
): Promise<string[]> {
  const { target, pieces } = record;
  const foundCount = await cleared(setting, record);
  if (foundCount >= pieces.length) return [];
  const places = pieces.map(({ node }) => node);
  return [
    `Uploaded files may still lie on the disks of ${[...new Set(places)].join(", ")} among the ` +
      `snapshots of ${target}: the servers do not list them (as with S3), so they can only be ` +
      "deleted by hand.",
  ];
}

/**
 * A mark that stayed would keep the collection from being snapshotted for ever, so a run that
 * cannot remove what it needed has not ended: whoever recovers it does so.
 */
async function cleared(setting: RestoreRun["setting"], record: RestoreRecord): Promise<number> {
  const { signal } = new AbortController();
  try {
    return await clearFinished(setting, record, signal);
  } catch {
    await setting.clock.sleep(setting.timeouts.pollMs, signal);
  }
  try {
    return await clearFinished(setting, record, signal);
  } catch (error) {
    if (!isSnapformError(error)) throw error;
    const text =
      `${error.message}; collection ${JSON.stringify(record.target)} is restored and checked, ` +
      "and what the restore needed is still to be removed";
    throw new SnapformError(error.code, text, {
      retryable: true,
      hint: "The next apply removes it.",
      cause: error,
    });
  }
}
