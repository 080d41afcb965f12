import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/ledger/change.ts";
import { emptyState } from "../../../src/ledger/state.ts";
import { openLocalStateStore } from "../../../src/state/local/local-state-store.ts";
import type { Processes } from "../../../src/state/local/process-identity.ts";
import type { StateFiles } from "../../../src/state/local/state-files.ts";
import type { LockRequest, StateLock, StateStore } from "../../../src/state/state-store.ts";
import { ManualClock } from "./manual-clock.ts";
import { Crash, MemoryDisk } from "./memory-files.ts";
import type { PowerCut } from "./memory-files.ts";

const seed = Number(process.env["SNAPFORM_SEED"] ?? Date.now() % 1_000_000);
console.info(`SNAPFORM_SEED=${seed}`);

const at = new Date("2026-01-01T00:00:00Z");
const request: LockRequest = {
  operation: "apply",
  timeoutMs: 0,
  signal: new AbortController().signal,
};

/** Every process is a new one, and those before it are dead. */
function processesOf(pid: number): Processes {
  return {
    self: () => Promise.resolve({ host: "h", bootId: "b", pid, processStart: "1" }),
    isDead: (other) => Promise.resolve(other.pid !== pid),
  };
}

function storeOn(files: StateFiles, clock: ManualClock, pid: number): StateStore {
  return openLocalStateStore({ path: "/p/state", clock, files, processes: processesOf(pid) });
}

const seen = (name: string): Change => ({ type: "repository-seen", name, id: name });
const namesIn = async (store: StateStore): Promise<string[]> =>
  Object.keys((await store.read())?.repositories ?? {});

/** What a run has been told is safe. */
interface Told {
  isBegun: boolean;
  readonly acknowledged: string[];
  readonly asked: string[];
}

async function append(lock: StateLock, told: Told, names: readonly string[]): Promise<void> {
  told.asked.push(...names);
  await lock.append(names.map(seen), at);
  told.acknowledged.push(...names);
}

async function begin(lock: StateLock, told: Told): Promise<void> {
  if (!lock.state) await lock.initialize(emptyState("l", "p", at.toISOString()));
  told.isBegun = true;
}

/** Lock, begin, append, write, append more, write with something left, release. */
async function story(store: StateStore, told: Told): Promise<void> {
  const lock = await store.lock(request);
  await begin(lock, told);
  await append(lock, told, ["a", "b"]);
  await Promise.all([append(lock, told, ["c"]), append(lock, told, ["d"])]);
  await lock.write((await store.read())!);
  await append(lock, told, ["e"]);
  const earlier = (await store.read())!;
  await append(lock, told, ["f"]);
  await lock.write(earlier);
  await append(lock, told, ["g"]);
  await lock.release();
}

/** Checks that nothing acknowledged is lost, nothing is invented, and that work can go on. */
async function survives(disk: MemoryDisk, clock: ManualClock, told: Told, pid: number) {
  const store = storeOn(disk.mount(), clock, pid);
  const before = await namesIn(store);
  expect(before).toEqual(told.asked.slice(0, before.length));
  expect(before.length).toBeGreaterThanOrEqual(told.acknowledged.length);
  if (told.isBegun) expect(await store.read()).not.toBeNull();
  const lock = await store.lock(request);
  expect(Object.keys(lock.state?.repositories ?? {})).toEqual(before);
  if (!lock.state) await lock.initialize(emptyState("l", "p", at.toISOString()));
  await lock.append([seen("after")], at);
  await lock.write((await store.read())!);
  await lock.release();
  expect(await namesIn(storeOn(disk.mount(), clock, pid))).toEqual([...before, "after"]);
  const left = [...disk.files().keys()].filter((path) => path.endsWith(".tmp"));
  expect(left, "no temporary file stays").toEqual([]);
}

function told(): Told {
  return { isBegun: false, acknowledged: [], asked: [] };
}

async function crashAt(operation: number, torn: number, cut: PowerCut | null): Promise<boolean> {
  const disk = new MemoryDisk();
  const clock = new ManualClock();
  const facts = told();
  let hasCrashed = false;
  await story(storeOn(disk.mount(operation, torn), clock, 1), facts).catch((error: unknown) => {
    hasCrashed = true;
    const causes = [error, (error as Error).cause];
    expect(
      causes.some((cause) => cause instanceof Crash),
      String(error),
    ).toBe(true);
  });
  if (cut) disk.cut(cut);
  await survives(disk, clock, facts, 2);
  return hasCrashed;
}

const cuts: readonly (readonly [string, PowerCut | null])[] = [
  ["a killed process", null],
  ["a power cut that loses all that was not synced", { names: 0, bytes: 0, zeros: false }],
  ["a power cut that loses bytes but no names", { names: 1, bytes: 0, zeros: false }],
  ["a power cut that loses names but no bytes", { names: 0, bytes: 1, zeros: false }],
  ["a power cut that leaves half", { names: 0.5, bytes: 0.5, zeros: false }],
  ["a power cut that leaves zeros", { names: 1, bytes: 0.4, zeros: true }],
];

describe("the local state survives", () => {
  it.each(cuts)("%s at every operation", async (_, cut) => {
    for (const torn of [0, 0.5, 0.99]) {
      let operation = 0;
      while (await crashAt(operation, torn, cut)) operation += 1;
      // Fewer would mean that the crashes do not reach the end of the story.
      expect(operation).toBeGreaterThan(40);
    }
  });
});

describe("the disk that crashes", () => {
  it("is noticed by these tests: without syncs an acknowledged change is lost", async () => {
    const disk = new MemoryDisk();
    const clock = new ManualClock();
    const honest = disk.mount();
    const lying: StateFiles = {
      ...honest,
      openJournal: async (path) => ({
        ...(await honest.openJournal(path)),
        sync: () => Promise.resolve(),
      }),
    };
    const facts = told();
    const lock = await storeOn(lying, clock, 1).lock(request);
    await begin(lock, facts);
    await append(lock, facts, ["a"]);
    disk.cut({ names: 0, bytes: 0, zeros: false });
    await expect(survives(disk, clock, facts, 2)).rejects.toThrow(/expected 0 to be greater/);
  });

  it("is noticed by these tests: without a synced folder the whole state is lost", async () => {
    const disk = new MemoryDisk();
    const clock = new ManualClock();
    const facts = told();
    const lying: StateFiles = { ...disk.mount(), syncFolder: () => Promise.resolve() };
    await story(storeOn(lying, clock, 1), facts);
    disk.cut({ names: 0, bytes: 1, zeros: false });
    await expect(survives(disk, clock, facts, 2)).rejects.toThrow(/expected 0 to be greater/);
  });
});

type Step = "append" | "append-many" | "write" | "write-earlier" | "relock";

const steps = fc.array(
  fc.constantFrom<Step>("append", "append", "append-many", "write", "write-earlier", "relock"),
  { maxLength: 12 },
);
const powerCut = fc.option(
  fc.record({
    names: fc.constantFrom(0, 0.3, 0.7, 1),
    bytes: fc.constantFrom(0, 0.2, 0.6, 1),
    zeros: fc.boolean(),
  }),
);
const lives = fc.array(
  fc.record({
    steps,
    crashAt: fc.integer({ min: 0, max: 60 }),
    torn: fc.constantFrom(0, 0.3, 0.8),
    cut: powerCut,
  }),
  { minLength: 1, maxLength: 4 },
);

/** One life of a process: does its steps until it dies. */
async function live(store: StateStore, plan: readonly Step[], facts: Told): Promise<number> {
  let lock = await store.lock(request);
  const { fence } = lock.owner;
  await begin(lock, facts);
  for (const step of plan) {
    const names = [0, 1, 2].map((offset) => `n${facts.asked.length + offset}`);
    if (step === "append") await append(lock, facts, names.slice(0, 1));
    if (step === "append-many") {
      await Promise.all(names.map((name) => append(lock, facts, [name])));
    }
    if (step === "write") await lock.write((await store.read())!);
    if (step === "write-earlier") {
      const earlier = (await store.read())!;
      await append(lock, facts, names);
      await lock.write(earlier);
    }
    if (step === "relock") {
      await lock.release();
      lock = await store.lock(request);
    }
  }
  return fence;
}

describe("any lives and deaths of processes", () => {
  it("keep all that was acknowledged, in order, and fencing numbers rise", async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (plan) => {
        const disk = new MemoryDisk();
        const clock = new ManualClock();
        const facts = told();
        let pid = 0;
        let lastFence = 0;
        for (const { steps: todo, crashAt: operation, torn, cut } of plan) {
          pid += 1;
          await live(storeOn(disk.mount(operation, torn), clock, pid), todo, facts).catch(
            (error: unknown) => {
              const causes = [error, (error as Error).cause];
              expect(
                causes.some((cause) => cause instanceof Crash),
                String(error),
              ).toBe(true);
            },
          );
          if (cut) disk.cut(cut);
          pid += 1;
          const store = storeOn(disk.mount(), clock, pid);
          const names = await namesIn(store);
          expect(names).toEqual(facts.asked.slice(0, names.length));
          expect(names.length).toBeGreaterThanOrEqual(facts.acknowledged.length);
          facts.asked.length = names.length;
          facts.acknowledged.splice(0, Infinity, ...names);
          const lock = await store.lock(request);
          expect(lock.owner.fence).toBeGreaterThan(lastFence);
          lastFence = lock.owner.fence;
          await lock.release();
        }
        await survives(disk, clock, facts, pid + 1);
      }),
      { seed, numRuns: 300 },
    );
  });
});
