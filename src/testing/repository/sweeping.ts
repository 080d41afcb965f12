import assert from "node:assert/strict";
import {
  contentOf,
  DAY_MS,
  failsWith,
  fileOf,
  idleContext,
  keyOf,
  requestOf,
  store,
  streamed,
  type RepositoryCase,
} from "./harness.ts";

/** What a sweep removes and what it never does. */
export const sweeping: readonly RepositoryCase[] = [
  {
    title: "a sweep removes nothing that a manifest names, live or in the trash",
    async run(harness) {
      const repository = await harness.open({ undoMs: 7 * DAY_MS });
      await store(repository, "s1", { a: "alpha" });
      const trashed = await store(repository, "s2", { b: "beta" });
      await repository.trash(keyOf(trashed), harness.now());
      harness.advance(6 * DAY_MS);
      const { signal } = idleContext;
      const swept = await repository.sweep(harness.now(), { dryRun: false }, signal);
      const nothing = { removedSnapshots: [], removedObjectCount: 0, freedBytes: 0 };
      assert.deepEqual(swept, nothing);
      assert.deepEqual(await repository.undelete(keyOf(trashed)), trashed);
      assert.deepEqual((await repository.check({ readData: true }, idleContext)).damage, []);
    },
  },
  {
    title: "a sweep empties what the window has released, keeps what others share, counts bytes",
    async run(harness) {
      const repository = await harness.open({ undoMs: DAY_MS });
      await store(repository, "s1", { a: "alpha", b: "shared" });
      const key = keyOf(await store(repository, "s2", { c: "gamma", b: "shared" }));
      await repository.note(key, { verifiedAt: "2026-01-01T00:00:00.000Z" });
      await repository.trash(key, harness.now());
      harness.advance(DAY_MS + 1000);
      const { signal } = idleContext;
      const expected = { removedSnapshots: [key], removedObjectCount: 1, freedBytes: 5 };
      const counted = await repository.sweep(harness.now(), { dryRun: true }, signal);
      assert.deepEqual(counted, expected);
      assert.equal(await harness.objectCount(), 3);
      assert.equal((await repository.list()).trash.length, 1);
      const swept = await repository.sweep(harness.now(), { dryRun: false }, signal);
      assert.deepEqual(swept, expected);
      assert.equal(await harness.objectCount(), 2);
      assert.deepEqual((await repository.list()).trash, []);
      assert.equal(await harness.leftoverCount(), 0);
      await failsWith("not-found", repository.undelete(key));
      assert.deepEqual((await repository.check({ readData: true }, idleContext)).damage, []);
    },
  },
  {
    title: "the undo window is fixed when a snapshot is trashed",
    async run(harness) {
      const week = await harness.open({ undoMs: 7 * DAY_MS });
      const key = keyOf(await store(week, "s1", { a: "alpha" }));
      await week.trash(key, harness.now());
      const none = await harness.open({ undoMs: 0 });
      harness.advance(2 * DAY_MS);
      const { signal } = idleContext;
      const swept = await none.sweep(harness.now(), { dryRun: false }, signal);
      assert.deepEqual(swept.removedSnapshots, []);
    },
  },
  {
    title: "an undo window of nothing releases at once, and objects wait for a day",
    async run(harness) {
      const repository = await harness.open({ undoMs: 0 });
      const key = keyOf(await store(repository, "s1", { a: "alpha" }));
      await repository.trash(key, harness.now());
      const { signal } = idleContext;
      const first = await repository.sweep(harness.now(), { dryRun: false }, signal);
      assert.deepEqual(first, { removedSnapshots: [key], removedObjectCount: 0, freedBytes: 0 });
      harness.advance(DAY_MS + 1000);
      const second = await repository.sweep(harness.now(), { dryRun: false }, signal);
      assert.deepEqual(second, { removedSnapshots: [], removedObjectCount: 1, freedBytes: 5 });
    },
  },
  {
    title: "an object that is reused counts as touched",
    async run(harness) {
      const repository = await harness.open({ undoMs: 0 });
      const first = await store(repository, "s1", { a: "alpha" });
      harness.advance(2 * DAY_MS);
      const { hash: knownHash } = fileOf(first, "a");
      const known = { ...streamed("a", "alpha"), knownHash };
      const second = await repository.write(requestOf("s2", [known]), idleContext);
      await repository.trash(keyOf(first), harness.now());
      await repository.trash(keyOf(second), harness.now());
      const { signal } = idleContext;
      const swept = await repository.sweep(harness.now(), { dryRun: false }, signal);
      assert.equal(swept.removedSnapshots.length, 2);
      assert.equal(swept.removedObjectCount, 0);
    },
  },
  {
    title: "no object is removed while a manifest cannot be read",
    async run(harness) {
      const repository = await harness.open({ undoMs: 0 });
      const key = keyOf(await store(repository, "s1", { a: "alpha" }));
      await harness.damageManifest(key, "altered");
      harness.advance(2 * DAY_MS);
      const { signal } = idleContext;
      for (const dryRun of [true, false]) {
        await failsWith("corrupt", repository.sweep(harness.now(), { dryRun }, signal));
      }
      assert.equal(await harness.objectCount(), 1);
      await repository.trash(key, harness.now());
      const swept = await repository.sweep(harness.now(), { dryRun: false }, signal);
      assert.equal(swept.removedObjectCount, 1);
    },
  },
  {
    title: "a sweep that is cancelled has removed nothing that is needed",
    async run(harness) {
      const repository = await harness.open({ undoMs: 0 });
      const manifest = await store(repository, "s1", { a: "alpha" });
      const signal = AbortSignal.abort();
      await repository.trash(keyOf(await store(repository, "s2", { b: "beta" })), harness.now());
      harness.advance(2 * DAY_MS);
      await failsWith("cancelled", repository.sweep(harness.now(), { dryRun: false }, signal));
      assert.equal(await contentOf(repository, keyOf(manifest), "a"), "alpha");
    },
  },
];
