import assert from "node:assert/strict";
import { SnapformError } from "../../errors/index.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import {
  contentOf,
  failsWith,
  fileOf,
  filesOf,
  idleContext,
  idsIn,
  keyOf,
  local,
  requestOf,
  store,
  streamed,
  type RepositoryCase,
} from "./harness.ts";

/** Snapshots that are stored, and names that are refused. */
export const writing: readonly RepositoryCase[] = [
  {
    title: "a new repository is empty and keeps its id and hash",
    async run(harness) {
      const repository = await harness.open();
      assert.deepEqual(await repository.list(), { snapshots: [], trash: [], damage: [] });
      const again = await harness.open();
      assert.equal(again.id, repository.id);
      assert.equal(again.hash, repository.hash);
    },
  },
  {
    title: "a snapshot that was written is read, listed and opened by everybody",
    async run(harness) {
      const request = requestOf("s1", [streamed("data/a", "alpha"), streamed("b", "")]);
      const manifest = await (await harness.open()).write(request, idleContext);
      assert.equal(manifest.bytes, 5);
      assert.equal(manifest.newBytes, 5);
      assert.equal(manifest.formatVersion, 1);
      const repository = await harness.open();
      const stored = await repository.read(keyOf(manifest));
      assert.deepEqual(stored?.manifest, manifest);
      assert.deepEqual(stored?.notes, { pinned: false, damaged: null, verifiedAt: null });
      assert.deepEqual((await repository.list()).snapshots, [stored]);
      assert.equal(await contentOf(repository, keyOf(manifest), "data/a"), "alpha");
      assert.equal(await contentOf(repository, keyOf(manifest), "b"), "");
    },
  },
  {
    title: "the draft and the details of the parts stand in the manifest as they were given",
    async run(harness) {
      const request = requestOf("s1", [streamed("a", "alpha")], { description: "für später" });
      const manifest = await (await harness.open()).write(request, idleContext);
      for (const [name, value] of Object.entries(request.draft)) {
        assert.deepEqual(manifest[name as keyof Manifest], value, name);
      }
      assert.deepEqual(manifest.parts[0]?.details, { shard: 1 });
      assert.match(manifest.writer, /^snapform\//);
    },
  },
  {
    title: "a snapshot that does not exist reads as null and has no reader",
    async run(harness) {
      const repository = await harness.open();
      const key = { cluster: "prod", collection: "docs", id: "s1" };
      assert.equal(await repository.read(key), null);
      await failsWith("not-found", repository.reader(key));
      await failsWith("not-found", repository.note(key, { pinned: true }));
      await failsWith("not-found", repository.undelete(key));
    },
  },
  {
    title: "a second attempt returns the first snapshot and stores nothing",
    async run(harness) {
      const repository = await harness.open();
      const first = await store(repository, "s1", { a: "alpha" });
      const second = await store(repository, "s1", { a: "other bytes" });
      assert.deepEqual(second, first);
      assert.equal(await harness.objectCount(), 1);
    },
  },
  {
    title: "another owner's snapshot of the same key is left alone",
    async run(harness) {
      const repository = await harness.open();
      const first = await store(repository, "s1", { a: "alpha" });
      const owner = { project: "project-2", lineage: "lineage-2", address: "manual" };
      const text = await failsWith(
        "already-exists",
        store(repository, "s1", { a: "b" }, { owner }),
      );
      assert.match(text, /project-1/);
      assert.deepEqual((await repository.read(keyOf(first)))?.manifest, first);
    },
  },
  {
    title: "equal bytes are stored once, whatever snapshot they belong to",
    async run(harness) {
      const repository = await harness.open();
      await store(repository, "s1", { a: "alpha", b: "alpha", c: "gamma" });
      const second = await store(repository, "s2", { x: "alpha", y: "delta" });
      assert.equal(second.newBytes, 5);
      assert.equal(await harness.objectCount(), 3);
      assert.equal(await contentOf(repository, keyOf(second), "x"), "alpha");
    },
  },
  {
    title: "a file with a known hash is reused without being read",
    async run(harness) {
      const repository = await harness.open();
      const first = await store(repository, "s1", { a: "alpha" });
      const { hash: knownHash } = fileOf(first, "a");
      const open = (): Promise<never> => Promise.reject(new SnapformError("internal", "was read"));
      const known = { path: "a", size: 5, knownHash, open };
      const second = await repository.write(requestOf("s2", [known]), idleContext);
      assert.equal(second.newBytes, 0);
      assert.deepEqual(filesOf(second), filesOf(first));
    },
  },
  {
    title: "a known hash whose object is not whole is no reason to skip the file",
    async run(harness) {
      const repository = await harness.open();
      const first = await store(repository, "s1", { a: "alpha", b: "betas" });
      await harness.damageObject(fileOf(first, "a").hash, "missing");
      await harness.damageObject(fileOf(first, "b").hash, "truncated");
      const files = [
        { ...streamed("a", "alpha"), knownHash: fileOf(first, "a").hash },
        { ...streamed("b", "betas"), knownHash: fileOf(first, "b").hash },
      ];
      const second = await repository.write(requestOf("s2", files), idleContext);
      assert.equal(second.newBytes, 10);
      assert.equal(await contentOf(repository, keyOf(second), "b"), "betas");
      const check = await repository.check({ readData: true }, idleContext);
      assert.deepEqual(check.damage, []);
    },
  },
  {
    title: "local files are stored like streams, small and large",
    async run(harness) {
      const repository = await harness.open();
      const folder = await harness.folder();
      const large = Buffer.alloc(3 * 1024 * 1024, "large");
      const files = [await local(folder, "small", "alpha"), await local(folder, "large", large)];
      const small = await repository.write(requestOf("s1", files.slice(0, 1)), idleContext);
      const both = await repository.write(requestOf("s2", files), idleContext);
      assert.equal(both.newBytes, large.length);
      assert.equal(fileOf(both, "small").hash, fileOf(small, "small").hash);
      const again = await store(repository, "s3", { small: "alpha", large });
      assert.equal(again.newBytes, 0);
      assert.deepEqual(filesOf(again), filesOf(both));
    },
  },
  {
    title: "a snapshot without files is a snapshot",
    async run(harness) {
      const repository = await harness.open();
      const manifest = await store(repository, "s1", {});
      assert.equal(manifest.bytes, 0);
      assert.deepEqual(await idsIn(repository), ["s1"]);
    },
  },
  {
    title: "names with any letters are kept apart and come back as they were",
    async run(harness) {
      const repository = await harness.open();
      const names = [
        "docs",
        "Docs",
        "db/docs",
        "..",
        ".",
        "con",
        "a b",
        "ä",
        "a\u0308",
        "%41",
        "x.",
      ];
      names.push("n".repeat(300), "日本語".repeat(40), "-", "d\\e", "a.notes.json", "\u0000");
      for (const collection of names) await store(repository, "s1", { a: "1" }, { collection });
      const { snapshots } = await repository.list();
      const listed = snapshots.map(({ manifest }) => manifest.collection);
      assert.deepEqual(listed.toSorted(), names.toSorted());
      for (const collection of names) {
        const found = await repository.read({ cluster: "prod", collection, id: "s1" });
        assert.equal(found?.manifest.collection, collection);
      }
    },
  },
  {
    title: "names and paths that cannot be stored safely are refused",
    async run(harness) {
      const repository = await harness.open();
      for (const path of ["", "/a", "../a", "a/../b", "a//b", "a/", ".", "a\\b", "a\u0000"]) {
        await failsWith("invalid-argument", store(repository, "s1", { [path]: "1" }));
      }
      const twice = requestOf("s1", [streamed("a", "1"), streamed("a", "2")]);
      await failsWith("invalid-argument", repository.write(twice, idleContext));
      for (const id of ["", "..", "a/b", "a.notes", "é"]) {
        await failsWith("invalid-argument", store(repository, id, { a: "1" }));
      }
      await failsWith("invalid-argument", store(repository, "s1", { a: "1" }, { cluster: "" }));
      const lonely = { collection: "\ud800" };
      await failsWith("invalid-argument", store(repository, "s1", { a: "1" }, lonely));
      assert.deepEqual(await idsIn(repository), []);
    },
  },
];
