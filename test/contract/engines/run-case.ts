import type { EngineCase, EngineHarness } from "../../../src/testing/engine/case.ts";

/** Runs a case, or skips it with the reason that its need gives. */
export async function runCase(
  each: EngineCase,
  harness: EngineHarness,
  skip: (reason: string) => void,
): Promise<void> {
  const driver = await harness.open();
  await driver.close();
  const reason = each.needs?.(driver.capabilities, harness) ?? null;
  if (reason !== null) skip(reason);
  else await each.run(harness);
}
