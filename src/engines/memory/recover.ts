import type { RestoreTrace } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { placePoints } from "./place.ts";
import { step, type MemorySetting } from "./setting.ts";
import type { MemoryWorld } from "./world.ts";

/** What the target is now; null when there is none. */
export function identityOf(world: MemoryWorld, name: string): string | null {
  return world.collections.get(name)?.identity ?? null;
}

/** Makes an interrupted run whole: either it is in place, or all is as it was before. */
export async function recoverRun(
  setting: MemorySetting,
  runId: string,
  target: string,
): Promise<RestoreTrace> {
  const { world } = setting;
  await step(setting, "recover/look", null);
  const journal = world.journals.get(runId);
  if (journal === undefined) return { kind: "none" };
  if (journal.target !== target) {
    const text = `the restore ${runId} was of collection ${journal.target}`;
    throw new SnapformError("invalid-argument", text);
  }
  const live = world.collections.get(target);
  const isInPlace = journal.procedure === "in-place";
  const wanted = isInPlace ? journal.previousIdentity : journal.staged.identity;
  const isThere = live !== undefined && live.identity === wanted;
  if (journal.phase !== "building" && isThere) {
    // Half of a live collection was rolled: forward is the only way to something whole.
    if (isInPlace && journal.phase === "placing") await placePoints(setting, journal, live);
    await step(setting, "recover/finish", null);
    journal.phase = "placed";
    return { kind: "finished", targetIdentity: live.identity };
  }
  await step(setting, "recover/clear", null);
  world.journals.delete(runId);
  return { kind: journal.phase === "placed" ? "none" : "cleaned" };
}
