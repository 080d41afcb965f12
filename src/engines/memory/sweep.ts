import { recoverRun } from "./recover.ts";
import { step, type MemorySetting } from "./setting.ts";

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Clears what processes that are gone have left, and forgets restores of more than a week ago. */
export async function sweepWorld(setting: MemorySetting, signal: AbortSignal): Promise<void> {
  const { world, clock } = setting;
  for (const [hold, process] of world.holds) {
    await step(setting, "sweep/hold", signal);
    if (!world.isAlive(process)) world.holds.delete(hold);
  }
  for (const journal of world.journals.values()) {
    await step(setting, "sweep/restore", signal);
    const isOld = clock.now().getTime() - Date.parse(journal.at) > WEEK_MS;
    if (journal.phase === "placed" && isOld) world.journals.delete(journal.runId);
    const isOrphan = journal.phase !== "placed" && !world.isAlive(journal.process);
    if (isOrphan) await recoverRun(setting, journal.runId, journal.target);
  }
  await step(setting, "sweep/done", signal);
}
