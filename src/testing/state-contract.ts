// The contract of a state store as cases without a test runner: run each against your own store.
// May know the words, the contract and the clock. Invariant: a case uses what a harness gives it
// and nothing else, so that it holds for a folder, a database and an object store alike.
import assert from "node:assert/strict";
import { isSnapformError } from "../errors/index.ts";
import type { ErrorCode } from "../errors/index.ts";
import type { Change } from "../ledger/change.ts";
import { emptyState } from "../ledger/state.ts";
import type { State } from "../ledger/state.ts";
import type { LockRequest, StateLock, StateStore } from "../state/state-store.ts";

/** One empty place for a state, and the time in which its stores live. */
export interface StateHarness {
  /** Opens the place as another process would; all that it opens share one clock. */
  open(): StateStore;
  now(): Date;
  /** Lets time pass and waits until whoever woke up sleeps again or has ended. */
  advance(ms: number): Promise<void>;
  /** Stops the heartbeats of a store's locks, as a process that hangs does. */
  freeze(store: StateStore): void;
}

/** One case of the contract. */
export interface StateCase {
  readonly title: string;
  readonly run: (harness: StateHarness) => Promise<void>;
}

const leaseMs = 60_000;

function request(options: Partial<LockRequest> = {}): LockRequest {
  const { signal } = new AbortController();
  return { operation: "apply", timeoutMs: 0, leaseMs, signal, ...options };
}

function freshState(harness: StateHarness): State {
  return emptyState("lineage-1", "project-1", harness.now().toISOString());
}

async function begun(harness: StateHarness): Promise<{ store: StateStore; lock: StateLock }> {
  const store = harness.open();
  const lock = await store.lock(request());
  await lock.initialize(freshState(harness));
  return { store, lock };
}

async function failsWith(code: ErrorCode, work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(isSnapformError(error), `expected an error \`${code}\`, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  return `${error.message} ${error.hint ?? ""}`;
}

const seen = (name: string): Change => ({ type: "repository-seen", name, id: `id-${name}` });

/** Lets seconds pass until the work is done. */
async function inTime<T>(harness: StateHarness, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => (isDone = true));
  // Handled below; this only keeps a failure from being reported as nobody's.
  done.catch(() => undefined);
  for (let second = 0; second < 100 && !isDone; second += 1) await harness.advance(1_000);
  assert.ok(isDone, "it is done within 100 seconds");
  return done;
}

async function namesIn(store: StateStore): Promise<readonly string[]> {
  return Object.keys((await store.read())?.repositories ?? {});
}

const reading: readonly StateCase[] = [
  {
    title: "a place where nothing was written has no state and no holder",
    async run(harness) {
      const store = harness.open();
      assert.equal(await store.read(), null);
      assert.equal(await store.holder(), null);
    },
  },
  {
    title: "a lock on a new place has no state, and a state that is begun is read by everybody",
    async run(harness) {
      const store = harness.open();
      const lock = await store.lock(request());
      assert.equal(lock.state, null);
      await lock.initialize(freshState(harness));
      assert.deepEqual(lock.state, freshState(harness));
      assert.deepEqual(await harness.open().read(), freshState(harness));
      await lock.release();
    },
  },
  {
    title: "a state is begun only once",
    async run(harness) {
      const { lock } = await begun(harness);
      await failsWith("already-exists", lock.initialize(freshState(harness)));
      await lock.release();
    },
  },
  {
    title: "nothing is appended or written before a state is begun",
    async run(harness) {
      const lock = await harness.open().lock(request());
      await failsWith("internal", lock.append([seen("a")], harness.now()));
      await failsWith("internal", lock.write(freshState(harness)));
      await lock.release();
      assert.equal(await harness.open().read(), null);
    },
  },
];

const writing: readonly StateCase[] = [
  {
    title: "appended changes are part of the state at once, and numbered in order",
    async run(harness) {
      const { lock } = await begun(harness);
      const first = await lock.append([seen("a"), seen("b")], harness.now());
      const second = await lock.append([seen("c")], harness.now());
      assert.deepEqual(
        [...first, ...second].map(({ seq }) => seq),
        [1, 2, 3],
      );
      assert.equal(first[0]?.fence, lock.owner.fence);
      assert.deepEqual(await lock.append([], harness.now()), []);
      assert.deepEqual(await namesIn(harness.open()), ["a", "b", "c"]);
      assert.equal((await harness.open().read())?.journalSeq, 3);
      await lock.release();
      assert.deepEqual(await namesIn(harness.open()), ["a", "b", "c"]);
    },
  },
  {
    title: "changes that are appended at the same time all arrive, in the order of the calls",
    async run(harness) {
      const { lock } = await begun(harness);
      const names = Array.from({ length: 50 }, (_, index) => `r${index}`);
      const entries = await Promise.all(names.map((n) => lock.append([seen(n)], harness.now())));
      assert.deepEqual(
        entries.map(([entry]) => entry?.seq),
        names.map((_, index) => index + 1),
      );
      assert.deepEqual(await namesIn(harness.open()), names);
      await lock.release();
    },
  },
  {
    title: "a write counts the serial up, and entries are numbered on after it",
    async run(harness) {
      const { store, lock } = await begun(harness);
      await lock.append([seen("a")], harness.now());
      const state = await store.read();
      assert.ok(state);
      const written = await lock.write(state);
      assert.equal(written.serial, state.serial + 1);
      assert.deepEqual(await store.read(), written);
      const [entry] = await lock.append([seen("b")], harness.now());
      assert.equal(entry?.seq, 2);
      assert.deepEqual(await namesIn(store), ["a", "b"]);
      await lock.release();
    },
  },
  {
    title: "a write keeps the appended changes that its state does not include",
    async run(harness) {
      const { store, lock } = await begun(harness);
      await lock.append([seen("a")], harness.now());
      const state = await store.read();
      assert.ok(state);
      await lock.append([seen("b")], harness.now());
      await lock.write(state);
      assert.deepEqual(await namesIn(store), ["a", "b"]);
      await lock.append([seen("c")], harness.now());
      await lock.release();
      assert.deepEqual(await namesIn(harness.open()), ["a", "b", "c"]);
    },
  },
  {
    title: "a write of a state that was written over meanwhile is refused",
    async run(harness) {
      const { store, lock } = await begun(harness);
      const state = await store.read();
      assert.ok(state);
      await lock.write(state);
      await failsWith("aborted", lock.write(state));
      await failsWith("internal", lock.write({ ...state, serial: 1, lineage: "lineage-2" }));
      assert.equal((await store.read())?.serial, 1);
      await lock.release();
    },
  },
  {
    title: "the next holder starts from everything that the last one appended",
    async run(harness) {
      const { lock } = await begun(harness);
      await lock.append([seen("a")], harness.now());
      await lock.release();
      const next = await harness.open().lock(request());
      assert.deepEqual(Object.keys(next.state?.repositories ?? {}), ["a"]);
      const [entry] = await next.append([seen("b")], harness.now());
      assert.equal(entry?.seq, 2);
      await next.release();
      assert.deepEqual(await namesIn(harness.open()), ["a", "b"]);
    },
  },
];

const locking: readonly StateCase[] = [
  {
    title: "a second lock is refused, and the error says who holds the first and how to remove it",
    async run(harness) {
      const { store, lock } = await begun(harness);
      const text = await failsWith("locked", harness.open().lock(request()));
      for (const part of ["apply", String(lock.owner.pid), lock.owner.host, lock.owner.id]) {
        assert.ok(text.includes(part), `${text} names ${part}`);
      }
      assert.equal((await store.holder())?.id, lock.owner.id);
      await lock.release();
      assert.equal(await store.holder(), null);
    },
  },
  {
    title: "a lock with a timeout waits for the holder, says so once, and gets its turn",
    async run(harness) {
      const { lock } = await begun(harness);
      const waits: string[] = [];
      const next = harness
        .open()
        .lock(request({ timeoutMs: 30_000, onWait: (owner) => void waits.push(owner.id) }));
      await harness.advance(1_000);
      await harness.advance(1_000);
      await lock.release();
      const taken = await inTime(harness, next);
      assert.deepEqual(waits, [lock.owner.id]);
      assert.ok(taken.owner.fence > lock.owner.fence);
      await taken.release();
    },
  },
  {
    title: "a lock that waits gives up when its time is over",
    async run(harness) {
      const { lock } = await begun(harness);
      const waiting = harness.open().lock(request({ timeoutMs: 5_000 }));
      await failsWith("locked", inTime(harness, waiting));
      await lock.release();
    },
  },
  {
    title: "a lock that waits can be cancelled",
    async run(harness) {
      const { lock } = await begun(harness);
      const stop = new AbortController();
      const { signal } = stop;
      const waiting = harness.open().lock(request({ timeoutMs: 60_000, signal }));
      const failure = failsWith("cancelled", waiting);
      await harness.advance(500);
      stop.abort();
      await failure;
      await lock.release();
    },
  },
  {
    title: "only one of many that ask at once gets the lock",
    async run(harness) {
      const tries = await Promise.allSettled(
        Array.from({ length: 8 }, () => harness.open().lock(request())),
      );
      const taken = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      assert.equal(taken.length, 1);
      await taken[0]?.check();
      await taken[0]?.release();
    },
  },
  {
    title: "fencing numbers rise with every lock",
    async run(harness) {
      const fences: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const lock = await harness.open().lock(request());
        fences.push(lock.owner.fence);
        await lock.release();
      }
      assert.deepEqual(
        fences,
        [...new Set(fences)].toSorted((a, b) => a - b),
      );
    },
  },
  {
    title: "a lock lives on by its heartbeat, longer than its lease",
    async run(harness) {
      const { store, lock } = await begun(harness);
      for (let step = 0; step < 12; step += 1) await harness.advance(leaseMs / 4);
      await lock.check();
      await lock.append([seen("a")], harness.now());
      await failsWith("locked", harness.open().lock(request()));
      assert.ok(Date.parse((await store.holder())?.expiresAt ?? "") > harness.now().getTime());
      await lock.release();
    },
  },
  {
    title: "release may be called twice, and nothing works after it",
    async run(harness) {
      const { lock } = await begun(harness);
      await lock.release();
      await lock.release();
      await failsWith("locked", lock.check());
      await failsWith("locked", lock.append([seen("a")], harness.now()));
      await failsWith("locked", lock.write(freshState(harness)));
      assert.deepEqual(await namesIn(harness.open()), []);
    },
  },
];

async function cannotWrite(harness: StateHarness, lock: StateLock): Promise<void> {
  await failsWith("locked", lock.check());
  await failsWith("locked", lock.append([seen("late")], harness.now()));
  await failsWith("locked", lock.write(lock.state ?? freshState(harness)));
  await failsWith("locked", lock.initialize(freshState(harness)));
}

const losing: readonly StateCase[] = [
  {
    title: "a lock whose lease has run out is taken over, and its holder can write no more",
    async run(harness) {
      const { store, lock } = await begun(harness);
      await lock.append([seen("early")], harness.now());
      harness.freeze(store);
      await harness.advance(leaseMs + 1);
      const next = await harness.open().lock(request());
      assert.ok(next.owner.fence > lock.owner.fence);
      await cannotWrite(harness, lock);
      await next.append([seen("mine")], harness.now());
      await lock.release();
      await next.check();
      assert.deepEqual(await namesIn(harness.open()), ["early", "mine"]);
      await next.release();
    },
  },
  {
    title: "only one of many takes over a lock whose lease has run out",
    async run(harness) {
      const { store } = await begun(harness);
      harness.freeze(store);
      await harness.advance(leaseMs + 1);
      const tries = await Promise.allSettled(
        Array.from({ length: 8 }, () => harness.open().lock(request())),
      );
      const taken = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      assert.equal(taken.length, 1);
      await taken[0]?.check();
      await taken[0]?.release();
    },
  },
  {
    title: "a holder that slept through its lease writes no more, even if nobody came",
    async run(harness) {
      const { store, lock } = await begun(harness);
      harness.freeze(store);
      await harness.advance(leaseMs + 1);
      await cannotWrite(harness, lock);
      assert.deepEqual(await namesIn(harness.open()), []);
      await lock.release();
    },
  },
  {
    title: "a lock is removed by its id only, and its holder can write no more",
    async run(harness) {
      const { store, lock } = await begun(harness);
      const other = harness.open();
      await failsWith("not-found", other.unlock("another"));
      await lock.check();
      assert.equal((await other.unlock(lock.owner.id)).id, lock.owner.id);
      await failsWith("not-found", other.unlock(lock.owner.id));
      assert.equal(await store.holder(), null);
      await cannotWrite(harness, lock);
      const next = await other.lock(request());
      assert.ok(next.owner.fence > lock.owner.fence);
      await lock.release();
      await next.check();
      await next.release();
    },
  },
];

/** The cases that every state store passes. */
export const stateContract: readonly StateCase[] = Object.freeze([
  ...reading,
  ...writing,
  ...locking,
  ...losing,
]);
