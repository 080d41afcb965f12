import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  contentOf,
  failsWith,
  fileOf,
  filesOf,
  idleContext,
  keyOf,
  store,
  type RepositoryCase,
} from "./harness.ts";

async function materialized(folder: string): Promise<Readonly<Record<string, string>>> {
  const found: [string, string][] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    found.push([path.slice(folder.length + 1), await readFile(path, "utf8")]);
  }
  return Object.fromEntries(found);
}

/** Files that are taken out of a snapshot. */
export const reading: readonly RepositoryCase[] = [
  {
    title: "materialize writes the files below a new folder, and they can be written to",
    async run(harness) {
      const repository = await harness.open();
      const manifest = await store(repository, "s1", { "data/x/a": "alpha", b: "beta" });
      const folder = join(await harness.folder(), "new", "table");
      const reader = await repository.reader(keyOf(manifest));
      const options = { keepExisting: false };
      const result = await reader.materialize(filesOf(manifest), folder, options, idleContext);
      assert.deepEqual(result, { copiedBytes: 9 });
      assert.deepEqual(await materialized(folder), { b: "beta", "data/x/a": "alpha" });
      await writeFile(join(folder, "b"), "changed");
      assert.equal(await contentOf(repository, keyOf(manifest), "b"), "beta");
    },
  },
  {
    title: "materialize writes large files as they were",
    async run(harness) {
      const repository = await harness.open();
      const content = Buffer.alloc(3 * 1024 * 1024 + 7, "0123456789");
      const manifest = await store(repository, "s1", { large: content });
      const folder = await harness.folder();
      const reader = await repository.reader(keyOf(manifest));
      const options = { keepExisting: false };
      await reader.materialize(filesOf(manifest), folder, options, idleContext);
      assert.ok(content.equals(await readFile(join(folder, "large"))));
    },
  },
  {
    title:
      "materialize leaves files of the right size alone when it is told to, else replaces them",
    async run(harness) {
      const repository = await harness.open();
      const manifest = await store(repository, "s1", { a: "alpha", b: "beta" });
      const folder = await harness.folder();
      await writeFile(join(folder, "a"), "other");
      await writeFile(join(folder, "b"), "longer than it should be");
      const reader = await repository.reader(keyOf(manifest));
      const files = filesOf(manifest);
      const kept = await reader.materialize(files, folder, { keepExisting: true }, idleContext);
      assert.deepEqual(kept, { copiedBytes: 4 });
      assert.deepEqual(await materialized(folder), { a: "other", b: "beta" });
      const all = await reader.materialize(files, folder, { keepExisting: false }, idleContext);
      assert.deepEqual(all, { copiedBytes: 9 });
      assert.deepEqual(await materialized(folder), { a: "alpha", b: "beta" });
    },
  },
  {
    title: "a damaged object is never handed out as whole",
    async run(harness) {
      const repository = await harness.open();
      for (const how of ["missing", "truncated", "altered"] as const) {
        const large = Buffer.alloc(1_500_000, how);
        for (const content of [`bytes ${how}`, large]) {
          const id = `${how}-${content.length}`;
          const manifest = await store(repository, id, { a: content });
          const key = keyOf(manifest);
          await harness.damageObject(fileOf(manifest, "a").hash, how);
          await failsWith("corrupt", contentOf(repository, key, "a"));
          const folder = await harness.folder();
          const reader = await repository.reader(key);
          const options = { keepExisting: false };
          const work = reader.materialize(filesOf(manifest), folder, options, idleContext);
          assert.match(await failsWith("corrupt", work), /objects/);
          assert.deepEqual(await materialized(folder), {});
        }
      }
    },
  },
];
