import assert from "node:assert/strict";
import { failsWith, fileOf, idleContext, keyOf, store, type RepositoryCase } from "./harness.ts";

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** Damage that is found, named and noted. */
export const checking: readonly RepositoryCase[] = [
  {
    title: "a check of a whole repository finds nothing and says how much it has read",
    async run(harness) {
      const repository = await harness.open();
      const key = keyOf(await store(repository, "s1", { a: "alpha", b: "shared" }));
      await store(repository, "s2", { b: "shared", c: Buffer.alloc(1_200_000, 1) });
      const shallow = await repository.check({ readData: false }, idleContext);
      const counts = { snapshotCount: 2, objectCount: 3, damage: [] };
      assert.deepEqual(shallow, { ...counts, checkedBytes: 0 });
      assert.equal((await repository.read(key))?.notes.verifiedAt, null);
      const deep = await repository.check({ readData: true }, idleContext);
      assert.deepEqual(deep, { ...counts, checkedBytes: 1_200_011 });
      assert.equal((await repository.read(key))?.notes.verifiedAt, harness.now().toISOString());
    },
  },
  {
    title: "damage is named with every snapshot that needs the object, and noted beside them",
    async run(harness) {
      const repository = await harness.open();
      const first = await store(repository, "s1", { a: "alpha", b: "betas", c: "gamma" });
      const second = await store(repository, "s2", { x: "alpha", y: "fine" });
      const third = await store(repository, "s3", { z: "fine" });
      await harness.damageObject(fileOf(first, "a").hash, "missing");
      await harness.damageObject(fileOf(first, "b").hash, "truncated");
      await harness.damageObject(fileOf(first, "c").hash, "altered");
      const shallow = await repository.check({ readData: false }, idleContext);
      assert.deepEqual(shallow.damage.map((one) => one.fault).toSorted(), ["missing", "truncated"]);
      const { damage } = await repository.check({ readData: true }, idleContext);
      const byFault = new Map(damage.map((one) => [one.fault, one]));
      assert.deepEqual([...byFault.keys()].toSorted(byText), ["altered", "missing", "truncated"]);
      assert.deepEqual(
        byFault
          .get("missing")
          ?.snapshots.map((one) => one.id)
          .toSorted(),
        ["s1", "s2"],
      );
      const notes = (await repository.read(keyOf(first)))?.notes;
      assert.deepEqual(notes?.damaged?.files, ["data/a", "data/b", "data/c"]);
      assert.equal(notes?.verifiedAt, null);
      assert.deepEqual((await repository.read(keyOf(second)))?.notes.damaged?.files, ["data/x"]);
      assert.equal((await repository.read(keyOf(third)))?.notes.damaged, null);
    },
  },
  {
    title: "damage that was found by reading stays noted until the bytes are right again",
    async run(harness) {
      const repository = await harness.open();
      const manifest = await store(repository, "s1", { a: "alpha" });
      const key = keyOf(manifest);
      await harness.damageObject(fileOf(manifest, "a").hash, "altered");
      await repository.check({ readData: true }, idleContext);
      await repository.check({ readData: false }, idleContext);
      assert.notEqual((await repository.read(key))?.notes.damaged, null);
      // Whoever stores the same bytes again mends the object.
      await store(repository, "s2", { a: "alpha" });
      const { damage } = await repository.check({ readData: false }, idleContext);
      assert.deepEqual(damage, []);
      assert.equal((await repository.read(key))?.notes.damaged, null);
    },
  },
  {
    title: "a damaged manifest is reported, and the others are listed all the same",
    async run(harness) {
      const repository = await harness.open();
      for (const how of ["truncated", "altered", "newer"] as const) {
        const key = keyOf(await store(repository, how, { a: how }));
        await harness.damageManifest(key, how);
        const text = await failsWith("corrupt", repository.read(key));
        assert.match(text, new RegExp(how));
        await failsWith("corrupt", repository.reader(key));
      }
      await store(repository, "whole", { a: "alpha" });
      const { snapshots, damage } = await repository.list();
      assert.deepEqual(
        snapshots.map(({ manifest }) => manifest.id),
        ["whole"],
      );
      const faults = damage.map((one) => `${one.kind} ${one.snapshots[0]?.id} ${one.fault}`);
      const expected = ["altered altered", "newer newer", "truncated altered"];
      assert.deepEqual(
        faults.toSorted(),
        expected.map((one) => `manifest ${one}`),
      );
      const check = await repository.check({ readData: true }, idleContext);
      assert.equal(check.damage.length, 3);
    },
  },
];
