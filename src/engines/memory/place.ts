import { SnapformError } from "../../errors/index.ts";
import { nodeOf } from "./content.ts";
import { nodeName } from "./errors.ts";
import { step, type MemorySetting } from "./setting.ts";
import type { MemoryCollection, MemoryJournal } from "./world.ts";

/** Puts what was built in its place: from here on a restore goes forward, cancelled or not. */
export async function place(setting: MemorySetting, journal: MemoryJournal): Promise<void> {
  const { world } = setting;
  const { target, procedure, previousIdentity, staged } = journal;
  await step(setting, "restore/decide", null);
  const live = expectLive(world.collections.get(target), journal);
  journal.phase = "placing";
  await step(setting, "restore/place", null);
  if (procedure === "in-place") {
    if (live !== null) await placePoints(setting, journal, live);
  } else {
    if ((world.collections.get(target)?.identity ?? null) !== previousIdentity)
      throw moved(journal);
    world.collections.set(target, staged);
  }
  await step(setting, "restore/placed", null);
  journal.phase = "placed";
}

/** Rolls a live collection to what was built, node by node: in between it is neither. */
export async function placePoints(
  setting: MemorySetting,
  journal: MemoryJournal,
  live: MemoryCollection,
): Promise<void> {
  const count = setting.world.flavour.parts;
  for (let node = 0; node < count; node += 1) {
    await step(setting, `restore/place-${nodeName(node)}`, null);
    const others = [...live.points].filter(([id]) => nodeOf(id, count) !== node);
    const own = [...journal.staged.points].filter(([id]) => nodeOf(id, count) === node);
    live.points = new Map([...others, ...own]);
  }
}

function expectLive(
  live: MemoryCollection | undefined,
  journal: MemoryJournal,
): MemoryCollection | null {
  if ((live?.identity ?? null) !== journal.previousIdentity) throw moved(journal);
  return live ?? null;
}

function moved(journal: MemoryJournal): SnapformError {
  if (journal.procedure === "new") {
    return new SnapformError("already-exists", `collection ${journal.target} exists already`);
  }
  const text = `collection ${journal.target} was dropped or made anew meanwhile`;
  return new SnapformError("failed-precondition", text);
}
