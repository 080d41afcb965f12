import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { CapturedPart, SourceFile } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import {
  contentOf,
  DAY_MS,
  failsWith,
  fileOf,
  idleContext,
  idsIn,
  keyOf,
  requestOf,
  streamed,
  type RepositoryCase,
} from "./harness.ts";

const LARGE = 12_345_678;

/** Bytes that differ from place to place. */
export function madeBytes(size: number, salt: number = 0): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 1024) bytes.writeUInt32LE(at + salt, at);
  return bytes;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A large stream that remembers from where it was opened, and breaks when it is told to. */
export class Source {
  readonly offsets: number[] = [];
  readonly bytes: Uint8Array;
  /** Where it breaks; each place once. */
  readonly breaks: number[];
  readonly code: "unavailable" | "corrupt";

  constructor(
    bytes: Uint8Array,
    breaks: readonly number[] = [],
    code: Source["code"] = "unavailable",
  ) {
    this.bytes = bytes;
    this.breaks = [...breaks];
    this.code = code;
  }

  file(change: Partial<SourceFile> = {}): SourceFile {
    const open = (offset: number): Promise<AsyncIterable<Uint8Array>> => {
      this.offsets.push(offset);
      return Promise.resolve(this.#from(offset));
    };
    return { path: "a", size: this.bytes.length, open, ...change };
  }

  async *#from(offset: number): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < this.bytes.length;) {
      const [next = Infinity] = this.breaks;
      const end = Math.min(at + 60_000, next, this.bytes.length);
      if (end > at) yield this.bytes.subarray(at, end);
      at = end;
      if (at < next) continue;
      this.breaks.shift();
      throw new SnapformError(this.code, "reset", { retryable: this.code === "unavailable" });
    }
  }
}

const lost = (): Promise<never> =>
  Promise.reject(new SnapformError("unavailable", "no route", { retryable: true }));

/** Large streams: stored side by side, verified, and taken up where they broke. */
export const streaming: readonly RepositoryCase[] = [
  {
    title: "streams of several parts flow at the same time",
    async run(harness) {
      const repository = await harness.open();
      const { promise: allOpen, resolve } = Promise.withResolvers<void>();
      let openCount = 0;
      const part = (name: string, index: number): CapturedPart => {
        const source = new Source(madeBytes(3_000_000, index));
        const plain = source.file();
        const open: SourceFile["open"] = async (offset, signal) => {
          openCount += 1;
          if (openCount === 3) resolve();
          await allOpen;
          return plain.open(offset, signal);
        };
        return { name, files: [{ ...plain, open }], details: null };
      };
      const parts = ["n0", "n1", "n2"].map(part);
      const manifest = await repository.write({ ...requestOf("s1", []), parts }, idleContext);
      assert.equal(manifest.newBytes, 9_000_000);
      assert.deepEqual((await repository.check({ readData: true }, idleContext)).damage, []);
    },
  },
  {
    title: "a large stream that breaks goes on where it broke, as long as that brings new bytes",
    async run(harness) {
      const repository = await harness.open();
      const bytes = madeBytes(LARGE);
      const breaks = [1, 2_500_000, 2_500_001, 7_000_000, 7_000_000, LARGE - 1];
      const source = new Source(bytes, breaks);
      const manifest = await repository.write(requestOf("s1", [source.file()]), idleContext);
      assert.deepEqual(source.offsets, [0, ...breaks]);
      const text = await contentOf(repository, keyOf(manifest), "a");
      assert.equal(text, bytes.toString("utf8"));
      const dead = new Source(madeBytes(LARGE, 1), [5_000_000, 5_000_000, 5_000_000]);
      await failsWith("unavailable", repository.write(requestOf("s2", [dead.file()]), idleContext));
      assert.deepEqual(dead.offsets, [0, 5_000_000, 5_000_000]);
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "a stream that is shorter or longer than it said leaves nothing and names its part",
    async run(harness) {
      const repository = await harness.open();
      for (const change of [-1, 1, 3_000_000]) {
        const bytes = madeBytes(LARGE);
        const file = new Source(bytes).file({ size: LARGE + change, sha256: sha256Of(bytes) });
        const work = repository.write(requestOf("s1", [file]), idleContext);
        assert.match(await failsWith("aborted", work), /data\/a .*12345678|data\/a .* or more/);
      }
      assert.deepEqual(await idsIn(repository), []);
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "bytes that have another SHA-256 than their server says are corrupt, and both are named",
    async run(harness) {
      const repository = await harness.open();
      for (const bytes of [Buffer.from("alpha"), madeBytes(LARGE)]) {
        const expected = sha256Of(Buffer.from("beta"));
        const source = new Source(bytes);
        const file = source.file({ sha256: expected });
        const text = await failsWith(
          "corrupt",
          repository.write(requestOf("s1", [file]), idleContext),
        );
        for (const part of ["data/a", expected, sha256Of(bytes)])
          assert.ok(text.includes(part), text);
        assert.deepEqual(source.offsets, [0]);
        const right = source.file({ sha256: sha256Of(bytes) });
        await repository.write(requestOf(`s${bytes.length}`, [right]), idleContext);
      }
      assert.equal((await idsIn(repository)).length, 2);
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "damage that the source itself reports is not tried again",
    async run(harness) {
      const repository = await harness.open();
      const bytes = madeBytes(LARGE);
      const source = new Source(bytes, [9_000_000], "corrupt");
      const file = source.file({ sha256: sha256Of(bytes) });
      await failsWith("corrupt", repository.write(requestOf("s1", [file]), idleContext));
      assert.deepEqual(source.offsets, [0]);
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "what a failed write has of a stream is used by the next, when its SHA-256 is known",
    async run(harness) {
      const bytes = madeBytes(LARGE);
      const sha256 = sha256Of(bytes);
      const breaks = [9_000_000, 9_000_000, 9_000_000];
      const first = new Source(bytes, breaks).file({ sha256 });
      const broken = (await harness.open()).write(requestOf("s1", [first]), idleContext);
      await failsWith("unavailable", broken);
      const repository = await harness.open();
      assert.deepEqual(await idsIn(repository), []);
      const second = new Source(bytes);
      const files = [second.file({ sha256 })];
      const manifest = await repository.write(requestOf("s1", files), idleContext);
      const [offset = 0] = second.offsets;
      assert.equal(second.offsets.length, 1);
      assert.ok(offset > 0 && offset <= 9_000_000, `it went on at ${offset}`);
      assert.equal(fileOf(manifest, "a").size, LARGE);
      assert.deepEqual((await repository.check({ readData: true }, idleContext)).damage, []);
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "bytes of an earlier write that turn out to be wrong are fetched anew",
    async run(harness) {
      const repository = await harness.open();
      const bytes = madeBytes(LARGE);
      const sha256 = sha256Of(bytes);
      const wrong = new Source(madeBytes(LARGE, 1), [9_000_000, 9_000_000, 9_000_000]);
      const files = [wrong.file({ sha256 })];
      await failsWith("unavailable", repository.write(requestOf("s1", files), idleContext));
      const right = new Source(bytes);
      const seen: number[] = [];
      const context = {
        ...idleContext,
        progress: (p: { doneBytes?: number }) => void seen.push(p.doneBytes ?? 0),
      };
      const manifest = await repository.write(requestOf("s1", [right.file({ sha256 })]), context);
      assert.equal(right.offsets.at(-1), 0);
      assert.equal(seen.at(-1), LARGE);
      assert.equal(await contentOf(repository, keyOf(manifest), "a"), bytes.toString("utf8"));
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "a source that cannot begin in the middle begins again",
    async run(harness) {
      const repository = await harness.open();
      for (const size of [LARGE, 500_000]) {
        const source = new Source(madeBytes(size), [400_000]);
        const plain = source.file();
        const refusal = new SnapformError("unimplemented", "no ranges here");
        const open: SourceFile["open"] = (offset, signal) =>
          offset > 0 ? Promise.reject(refusal) : plain.open(offset, signal);
        const manifest = await repository.write(
          requestOf(`s${size}`, [{ ...plain, open }]),
          idleContext,
        );
        assert.deepEqual(source.offsets, [0, 0]);
        const text = await contentOf(repository, keyOf(manifest), "a");
        assert.equal(text, madeBytes(size).toString("utf8"));
      }
    },
  },
  {
    title: "a part that fails stops the others, which go on where they were stopped",
    async run(harness) {
      const repository = await harness.open();
      const bytes = madeBytes(LARGE);
      const sha256 = sha256Of(bytes);
      const source = new Source(bytes);
      const plain = source.file({ sha256 });
      const denied = new SnapformError("permission-denied", "the key was taken away");
      const { promise: isFar, resolve } = Promise.withResolvers<void>();
      const open: SourceFile["open"] = async (offset, signal) => {
        const whole = await plain.open(offset, signal);
        return (async function* () {
          let at = offset;
          for await (const piece of whole) {
            at += piece.length;
            yield piece;
            if (at < 11_000_000) continue;
            resolve();
            await new Promise((end) => signal.addEventListener("abort", end, { once: true }));
          }
        })();
      };
      const failing = {
        ...streamed("b", "beta"),
        open: () => isFar.then(() => Promise.reject(denied)),
      };
      const files = [{ ...plain, open }, failing];
      await failsWith("permission-denied", repository.write(requestOf("s1", files), idleContext));
      assert.deepEqual(await idsIn(repository), []);
      await repository.write(requestOf("s1", [plain, streamed("b", "beta")]), idleContext);
      assert.ok((source.offsets.at(-1) ?? 0) > 0, source.offsets.join(" "));
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "half a stream is kept for a day and swept after it",
    async run(harness) {
      const repository = await harness.open();
      const bytes = madeBytes(LARGE);
      const source = new Source(bytes, [9_000_000, 9_000_000, 9_000_000]);
      const files = [source.file({ sha256: sha256Of(bytes) })];
      await failsWith("unavailable", repository.write(requestOf("s1", files), idleContext));
      const { signal } = idleContext;
      await repository.sweep(harness.now(), { dryRun: false }, signal);
      assert.equal(await harness.leftoverCount(), 1);
      const later = new Date(Math.max(harness.now().getTime(), Date.now()) + 2 * DAY_MS);
      const { freedBytes } = await repository.sweep(later, { dryRun: false }, signal);
      assert.ok(freedBytes > 8_000_000, `${freedBytes} bytes were freed`);
      assert.equal(await harness.leftoverCount(), 0);
    },
  },
  {
    title: "bytes that are there already under their SHA-256 are not fetched again",
    async run(harness) {
      const repository = await harness.open();
      if (repository.hash !== "sha256") return;
      const bytes = madeBytes(LARGE);
      const sha256 = sha256Of(bytes);
      await repository.write(requestOf("s1", [new Source(bytes).file({ sha256 })]), idleContext);
      const file = new Source(bytes).file({ sha256, open: lost });
      const second = await repository.write(requestOf("s2", [file]), idleContext);
      assert.equal(second.newBytes, 0);
    },
  },
  {
    title: "an altered object never comes out whole: its stream fails before its last bytes",
    async run(harness) {
      const repository = await harness.open();
      for (const size of [1000, 1_048_576, LARGE]) {
        const source = new Source(madeBytes(size)).file();
        const manifest = await repository.write(requestOf(`s${size}`, [source]), idleContext);
        const file = fileOf(manifest, "a");
        await harness.damageObject(file.hash, "altered");
        const reader = await repository.reader(keyOf(manifest));
        let byteCount = 0;
        const read = async (): Promise<void> => {
          const stream = await reader.open(file, idleContext.signal);
          for await (const piece of stream) byteCount += piece.length;
        };
        await failsWith("corrupt", read());
        assert.ok(byteCount < size, `${byteCount} of ${size} came out`);
      }
    },
  },
];
