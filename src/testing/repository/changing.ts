import assert from "node:assert/strict";
import { DAY_MS, failsWith, fileOf, keyOf, store, type RepositoryCase } from "./harness.ts";

/** Notes, the trash and the way back from it. */
export const changing: readonly RepositoryCase[] = [
  {
    title: "notes change one by one and leave the manifest as it is",
    async run(harness) {
      const repository = await harness.open();
      const manifest = await store(repository, "s1", { a: "alpha" });
      const key = keyOf(manifest);
      const at = "2026-02-01T00:00:00.000Z";
      const changes = [{ pinned: true }, { verifiedAt: at }, { damaged: { at, files: ["a"] } }];
      await Promise.all(changes.map((change) => repository.note(key, change)));
      const expected = { pinned: true, verifiedAt: at, damaged: { at, files: ["a"] } };
      const stored = await (await harness.open()).read(key);
      assert.deepEqual(stored, { manifest, notes: expected });
    },
  },
  {
    title: "a trashed snapshot is listed in the trash until its window ends, and can be taken back",
    async run(harness) {
      const repository = await harness.open({ undoMs: 7 * DAY_MS });
      const manifest = await store(repository, "s1", { a: "alpha" });
      const key = keyOf(manifest);
      await repository.note(key, { pinned: true });
      const at = harness.now();
      await repository.trash(key, at);
      assert.equal(await repository.read(key), null);
      const { snapshots, trash } = await repository.list();
      assert.deepEqual(snapshots, []);
      assert.deepEqual(trash, [
        {
          ...key,
          repository: repository.name,
          owner: manifest.owner,
          startedAt: manifest.startedAt,
          bytes: manifest.bytes,
          trashedAt: at.toISOString(),
          undoUntil: new Date(at.getTime() + 7 * DAY_MS).toISOString(),
        },
      ]);
      assert.deepEqual(await repository.undelete(key), manifest);
      const listing = await repository.list();
      assert.deepEqual(listing.trash, []);
      assert.equal(listing.snapshots[0]?.notes.pinned, true);
      assert.deepEqual(await repository.undelete(key), manifest);
    },
  },
  {
    title: "trashing what is gone already is a success, and never prolongs its window",
    async run(harness) {
      const repository = await harness.open({ undoMs: DAY_MS });
      const manifest = await store(repository, "s1", { a: "alpha" });
      const key = keyOf(manifest);
      await repository.trash(key, harness.now());
      const before = (await repository.list()).trash;
      harness.advance(DAY_MS / 2);
      await repository.trash(key, harness.now());
      await repository.trash({ ...key, id: "never-was" }, harness.now());
      assert.deepEqual((await repository.list()).trash, before);
    },
  },
  {
    title: "a snapshot can be trashed, taken back and trashed again",
    async run(harness) {
      const repository = await harness.open({ undoMs: DAY_MS });
      const key = keyOf(await store(repository, "s1", { a: "alpha" }));
      for (let round = 0; round < 3; round += 1) {
        await repository.trash(key, harness.now());
        await repository.undelete(key);
      }
      await repository.trash(key, harness.now());
      const rewritten = await store(repository, "s1", { a: "other" });
      await failsWith("already-exists", repository.undelete(key));
      await repository.trash(key, harness.now());
      assert.deepEqual(await repository.undelete(key), rewritten);
    },
  },
  {
    title: "notes of a snapshot that was trashed do not speak about the next one of its key",
    async run(harness) {
      const repository = await harness.open({ undoMs: DAY_MS });
      const key = keyOf(await store(repository, "s1", { a: "alpha" }));
      await repository.note(key, { pinned: true });
      await repository.trash(key, harness.now());
      await store(repository, "s1", { a: "alpha" });
      assert.equal((await repository.read(key))?.notes.pinned, false);
    },
  },
  {
    title: "a snapshot whose objects are not whole is not taken back",
    async run(harness) {
      const repository = await harness.open({ undoMs: DAY_MS });
      const manifest = await store(repository, "s1", { a: "alpha" });
      await repository.trash(keyOf(manifest), harness.now());
      await harness.damageObject(fileOf(manifest, "a").hash, "truncated");
      await failsWith("corrupt", repository.undelete(keyOf(manifest)));
      assert.equal((await repository.list()).snapshots.length, 0);
      assert.equal((await repository.list()).trash.length, 1);
    },
  },
];
