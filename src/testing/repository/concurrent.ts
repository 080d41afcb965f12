import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { idleContext, idsIn, local, requestOf, store, type RepositoryCase } from "./harness.ts";

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Several writers at once. */
export const concurrent: readonly RepositoryCase[] = [
  {
    title: "of two writers of one key one makes the snapshot and both return it",
    async run(harness) {
      const [a, b] = [await harness.open(), await harness.open()];
      const both = await Promise.all([
        store(a, "s1", { x: "alpha" }),
        store(b, "s1", { x: "beta" }),
      ]);
      assert.deepEqual(both[0], both[1]);
      assert.deepEqual(await idsIn(a), ["s1"]);
    },
  },
  {
    title: "many writers of the same bytes at once all succeed",
    async run(harness) {
      const [a, b] = [await harness.open(), await harness.open()];
      const large = Buffer.alloc(1_100_000, "same");
      const file = await local(await harness.folder(), "x", large);
      assert.ok(await isFile(file.localPath ?? ""));
      const ids = Array.from({ length: 8 }, (_one, index) => `s${index}`);
      await Promise.all(
        ids.map((id, index) => (index % 2 ? a : b).write(requestOf(id, [file]), idleContext)),
      );
      assert.deepEqual(await idsIn(a), ids);
      assert.equal(await harness.objectCount(), 1);
      assert.deepEqual((await a.check({ readData: true }, idleContext)).damage, []);
    },
  },
];
