import { isSnapformError, SnapformError } from "../errors/index.ts";
import { captureCases } from "./engine/capture-cases.ts";
import type { EngineCase, EngineHarness } from "./engine/case.ts";
import { checkCases } from "./engine/check-cases.ts";
import { interruptCases } from "./engine/interrupt-cases.ts";
import { lifeCases } from "./engine/life-cases.ts";
import { nativeCases } from "./engine/native-cases.ts";
import { observeCases } from "./engine/observe-cases.ts";
import { overwriteCases } from "./engine/overwrite-cases.ts";
import { repositoryCases } from "./engine/repository-cases.ts";
import { restoreCases } from "./engine/restore-cases.ts";

/**
 * What every engine must do, as cases without a test runner. Each works in collections of its own
 * whose names begin with the harness's prefix, and removes them.
 */
export const engineContract: readonly EngineCase[] = Object.freeze([
  ...observeCases,
  ...captureCases,
  ...nativeCases,
  ...restoreCases,
  ...repositoryCases,
  ...overwriteCases,
  ...interruptCases,
  ...checkCases,
  ...lifeCases,
]);

/** How one case went. */
export interface EngineCaseResult {
  readonly title: string;
  readonly status: "passed" | "failed" | "skipped";
  /** The failure, or the reason of the skip. */
  readonly detail: string | null;
}

/** Names that nobody else uses; Milvus allows no hyphens, and puts its database in front. */
const OWN_PREFIX = /^(?:[^/]+\/)?snapform[-_]test[-_]$/;

/**
 * Runs the contract, case by case, and tells of each as it ends. Safe on a cluster that others use:
 * it touches only collections of its own. `signal` stops it between two cases.
 */
export async function runEngineContract(
  harness: EngineHarness,
  onCase: (result: EngineCaseResult) => void,
  signal?: AbortSignal,
): Promise<readonly EngineCaseResult[]> {
  if (harness.prefix !== undefined && !OWN_PREFIX.test(harness.prefix)) {
    throw new SnapformError("invalid-argument", `${harness.prefix} is no prefix of test names`);
  }
  const driver = await harness.open();
  const { capabilities } = driver;
  await driver.close();
  const results: EngineCaseResult[] = [];
  for (const each of engineContract) {
    if (signal?.aborted === true) {
      throw new SnapformError("cancelled", "cancelled the check", { cause: signal.reason });
    }
    const { title } = each;
    const reason = each.needs?.(capabilities, harness) ?? null;
    const result: EngineCaseResult =
      reason === null
        ? await outcomeInPlace(each, harness)
        : { title, status: "skipped", detail: reason };
    results.push(result);
    onCase(result);
  }
  return results;
}

async function outcomeInPlace(each: EngineCase, harness: EngineHarness): Promise<EngineCaseResult> {
  if (harness.fresh === undefined) return outcomeOf(each, harness);
  const place = await harness.fresh();
  try {
    return await outcomeOf(each, place.harness);
  } finally {
    await place.discard();
  }
}

async function outcomeOf(each: EngineCase, harness: EngineHarness): Promise<EngineCaseResult> {
  const { title } = each;
  try {
    await each.run(harness);
    return { title, status: "passed", detail: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const detail = isSnapformError(error) ? `${error.code}: ${message}` : message;
    return { title, status: "failed", detail };
  }
}
