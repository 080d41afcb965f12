import type { EngineContext, RestoreRequest, RestoreResult } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { checkPoints } from "./check.ts";
import { contentHash, nodeOf } from "./content.ts";
import { needNodes, nodeName } from "./errors.ts";
import { place } from "./place.ts";
import { identityOf, recoverRun } from "./recover.ts";
import { step, type MemorySetting } from "./setting.ts";
import { openSource, type MemorySource } from "./source.ts";
import type { MemoryJournal } from "./world.ts";

/** Restores a collection; a second call with the same `runId` finds what the first one has done. */
export async function restoreCollection(
  setting: MemorySetting,
  request: RestoreRequest,
  context: EngineContext,
): Promise<RestoreResult> {
  const { world } = setting;
  const { runId, target } = request;
  await step(setting, "restore/look", context.signal);
  needNodes(world);
  const trace = await recoverRun(setting, runId, target);
  const source = await openSource(setting, request.source, context);
  if (trace.kind === "finished") return resultOf(setting, request, source, 0);
  expectTarget(setting, request, source);
  const journal = beginJournal(setting, request);
  try {
    await build(setting, journal, source, context);
    await place(setting, journal);
  } catch (error) {
    const left = await recoverRun(setting, runId, target);
    if (left.kind !== "finished") throw error;
  }
  return resultOf(setting, request, source, source.bytes);
}

function expectTarget(setting: MemorySetting, request: RestoreRequest, source: MemorySource): void {
  const { world } = setting;
  const { target, procedure, expectedIdentity } = request;
  const identity = identityOf(world, target);
  if (procedure === "new" && (identity !== null || world.aliases.has(target))) {
    throw new SnapformError("already-exists", `collection ${target} exists already`);
  }
  if (identity !== expectedIdentity || world.aliases.has(target)) {
    const text = `collection ${target} is not what it was when the plan was made`;
    throw new SnapformError("failed-precondition", text);
  }
  if (procedure !== "in-place") return;
  const isSame =
    source.collectionIdentity === identity && source.clusterIdentity === world.identity;
  if (!isSame) {
    const text = `the snapshot is of another collection than ${target} is now`;
    throw new SnapformError("failed-precondition", text);
  }
}

function beginJournal(setting: MemorySetting, request: RestoreRequest): MemoryJournal {
  const { world, clock, process } = setting;
  const { runId, target, procedure, expectedIdentity } = request;
  const identity = `memory-collection-${world.nextNumber()}`;
  const journal: MemoryJournal = {
    runId,
    target,
    procedure,
    process,
    at: clock.now().toISOString(),
    previousIdentity: expectedIdentity,
    staged: { name: target, identity, points: new Map() },
    phase: "building",
  };
  world.journals.set(runId, journal);
  return journal;
}

/** Builds the collection aside, node by node, and checks it before anybody can see it. */
async function build(
  setting: MemorySetting,
  journal: MemoryJournal,
  source: MemorySource,
  context: EngineContext,
): Promise<void> {
  const count = setting.world.flavour.parts;
  for (let node = 0; node < count; node += 1) {
    await step(setting, `restore/build-${nodeName(node)}`, context.signal);
    const own = [...source.points].filter(([id]) => nodeOf(id, count) === node);
    journal.staged.points = new Map([...journal.staged.points, ...own]);
    context.progress({ phase: "building" });
  }
  await step(setting, "restore/check", context.signal);
  if (contentHash(journal.staged.points) !== source.contentHash) {
    throw new SnapformError("corrupt", `what was built for ${journal.target} is not the snapshot`);
  }
}

function resultOf(
  setting: MemorySetting,
  request: RestoreRequest,
  source: MemorySource,
  copiedBytes: number,
): RestoreResult {
  const { world } = setting;
  const { target } = request;
  const live = world.collections.get(target);
  const isSame = live !== undefined && contentHash(live.points) === source.contentHash;
  const check = isSame
    ? checkPoints(live.points, null, request.check)
    : {
        level: "hashes" as const,
        findings: ["What was put in place had been compared with the snapshot."],
        limitation: "The collection was written to since, so it was not compared again.",
      };
  return { targetIdentity: identityOf(world, target), check, copiedBytes, undo: null };
}
