import assert from "node:assert/strict";
import type { Progress } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import {
  contentOf,
  failsWith,
  idleContext,
  idsIn,
  keyOf,
  local,
  requestOf,
  streamed,
  type RepositoryCase,
} from "./harness.ts";

/** Writes that fail, break off or are cancelled. */
export const failing: readonly RepositoryCase[] = [
  {
    title: "a source of another size than it said leaves nothing",
    async run(harness) {
      const repository = await harness.open();
      const folder = await harness.folder();
      const file = await local(folder, "a", "alpha");
      for (const size of [4, 6]) {
        const { localPath: _, ...stream } = { ...file, size };
        for (const wrong of [{ ...file, size }, stream]) {
          await failsWith("aborted", repository.write(requestOf("s1", [wrong]), idleContext));
        }
      }
      assert.deepEqual(await idsIn(repository), []);
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "a large local source of another size than it said leaves nothing",
    async run(harness) {
      const repository = await harness.open();
      const file = await local(await harness.folder(), "a", Buffer.alloc(2_000_000, 1));
      const wrong = { ...file, size: 2_000_001 };
      await failsWith("aborted", repository.write(requestOf("s1", [wrong]), idleContext));
      const gone = { ...file, localPath: `${file.localPath}-gone` };
      await failsWith("aborted", repository.write(requestOf("s1", [gone]), idleContext));
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "a source that fails leaves nothing, and its error arrives",
    async run(harness) {
      const repository = await harness.open();
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.from("al");
        throw new SnapformError("permission-denied", "the server took the key away");
      }
      const file = { path: "a", size: 5, open: () => Promise.resolve(broken()) };
      const files = [streamed("b", "beta"), file];
      const work = repository.write(requestOf("s1", files), idleContext);
      await failsWith("permission-denied", work);
      assert.deepEqual(await idsIn(repository), []);
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "a stream that breaks for a moment is taken up where it broke",
    async run(harness) {
      const repository = await harness.open();
      const offsets: number[] = [];
      async function* from(offset: number): AsyncGenerator<Uint8Array> {
        yield Buffer.from("alpha").subarray(offset, offset + 2);
        if (offset < 4) throw new SnapformError("unavailable", "reset", { retryable: true });
      }
      const open = (offset: number): Promise<AsyncIterable<Uint8Array>> => {
        offsets.push(offset);
        return Promise.resolve(from(offset));
      };
      const manifest = await repository.write(
        requestOf("s1", [{ path: "a", size: 5, open }]),
        idleContext,
      );
      assert.deepEqual(offsets, [0, 2, 4]);
      assert.equal(await contentOf(repository, keyOf(manifest), "a"), "alpha");
    },
  },
  {
    title: "a write that is cancelled leaves nothing",
    async run(harness) {
      const repository = await harness.open();
      const controller = new AbortController();
      const file = await local(await harness.folder(), "a", Buffer.alloc(8_000_000, 1));
      const context = { ...idleContext, signal: controller.signal };
      const work = repository.write(requestOf("s1", [file]), context);
      controller.abort();
      await failsWith("cancelled", work);
      await failsWith("cancelled", repository.write(requestOf("s1", [file]), context));
      assert.deepEqual(await idsIn(repository), []);
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "progress counts up to the size of the snapshot",
    async run(harness) {
      const repository = await harness.open();
      const seen: Progress[] = [];
      const context = { ...idleContext, progress: (one: Progress) => void seen.push(one) };
      const large = await local(await harness.folder(), "a", Buffer.alloc(2_000_000, 1));
      const files = [large, streamed("b", "beta")];
      await repository.write(requestOf("s1", files), context);
      assert.ok(seen.every(({ totalBytes }) => totalBytes === 2_000_004));
      assert.equal(seen.at(-1)?.doneBytes, 2_000_004);
    },
  },
];
