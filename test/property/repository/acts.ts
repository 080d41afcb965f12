import fc from "fast-check";
import { createCipheriv } from "node:crypto";
import type { SourceFile } from "../../../src/engine/driver.ts";
import { SnapformError } from "../../../src/errors/index.ts";

const KIB = 1024;
const MIB = KIB * KIB;

/** Something that a source does at one place of its bytes, once. */
export interface Trouble {
  /** Where, as a share of the file. */
  readonly share: number;
  readonly kind: "break" | "refuse" | "throw" | "short" | "long" | "alter" | "stall";
}

/** A file that is to be stored, and how its source hands it over. */
export interface Wish {
  readonly size: number;
  readonly salt: number;
  readonly chunkBytes: number;
  /** The source tells the SHA-256. */
  readonly isKnown: boolean;
  /** Every piece is a view into one buffer, which is written over before the next. */
  readonly reusesBuffer: boolean;
  /** It cannot begin in the middle. */
  readonly onlyWhole: boolean;
}

/** One write, and what goes wrong meanwhile. */
export interface Attempt {
  /** By file, in the order in which they happen. */
  readonly troubles: readonly (readonly Trouble[])[];
  /** What becomes of the disk at that change; `death` is the end of the process. */
  readonly disk: { readonly at: number; readonly fault: "ENOSPC" | "EIO" | "death" } | null;
  /** At so many stored bytes the caller wants to stop. */
  readonly stopAt: number | null;
}

export interface Scene {
  readonly hash: "sha256" | "blake3";
  /** Write past the cache is not to be had, as on some filesystems. */
  readonly onTmpfs: boolean;
  readonly wishes: readonly Wish[];
  readonly attempts: readonly Attempt[];
}

const size = fc.oneof(
  fc.constantFrom(0, 1, 511, 512, 4095, 4096, MIB - 1, MIB, MIB + 1, 4 * MIB, 8 * MIB + 4096),
  fc.integer({ min: 0, max: 14 * MIB }),
  fc.integer({ min: 5 * MIB, max: 14 * MIB }),
);

const wish: fc.Arbitrary<Wish> = fc
  .record({
    size,
    salt: fc.nat(2),
    chunk: fc.oneof(
      fc.constantFrom(1, 4096, 65_536, MIB, 3 * MIB),
      fc.integer({ min: 1, max: MIB }),
    ),
    isKnown: fc.boolean(),
    reusesBuffer: fc.boolean(),
    onlyWhole: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 4),
  })
  // As many pieces as a test has time for.
  .map(({ chunk, ...rest }) => ({
    ...rest,
    chunkBytes: Math.max(chunk, Math.ceil(rest.size / 5000)),
  }));

const trouble: fc.Arbitrary<Trouble> = fc.record({
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom(
    "break",
    "break",
    "break",
    "refuse",
    "throw",
    "short",
    "long",
    "alter",
    "stall",
  ),
});

function attempt(fileCount: number): fc.Arbitrary<Attempt> {
  const of = fc.array(trouble, { maxLength: 3 });
  return fc.record({
    troubles: fc.array(of, { minLength: fileCount, maxLength: fileCount }),
    disk: fc.option(
      fc.record({
        at: fc.integer({ min: 1, max: 60 }),
        fault: fc.constantFrom("ENOSPC", "EIO", "death", "death"),
      }),
    ),
    stopAt: fc.option(fc.nat(12 * MIB), { freq: 3 }),
  });
}

export const scenes: fc.Arbitrary<Scene> = fc
  .record({
    hash: fc.constantFrom("sha256", "blake3"),
    onTmpfs: fc.boolean(),
    wishes: fc.array(wish, { minLength: 1, maxLength: 4 }),
  })
  .chain((rest) =>
    fc
      .array(attempt(rest.wishes.length), { minLength: 1, maxLength: 3 })
      .map((attempts) => ({ ...rest, attempts })),
  );

/** Bytes that are nowhere the same, so that none at a wrong place goes unnoticed. */
export function bytesOf({ size: byteCount, salt }: Pick<Wish, "size" | "salt">): Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, salt + 1), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(byteCount));
}

/** A source as wished, with its troubles. `stalled` is called when it will never say more. */
export function sourceOf(
  { chunkBytes, isKnown, reusesBuffer, onlyWhole }: Wish,
  place: { readonly path: string; readonly bytes: Buffer; readonly sha256: string },
  troubles: readonly Trouble[],
  stalled: () => void,
): SourceFile {
  const { path, bytes, sha256 } = place;
  const left = [...troubles];
  const room = Buffer.alloc(chunkBytes);
  const handed = (start: number, end: number): Uint8Array => {
    if (!reusesBuffer) return bytes.subarray(start, end);
    room.fill(0xee);
    return room.subarray(0, bytes.copy(room, 0, start, end));
  };
  async function* from(offset: number): AsyncGenerator<Uint8Array> {
    let at = offset;
    for (;;) {
      const [next] = left;
      const troubleAt = next ? Math.max(at, Math.floor(next.share * bytes.length)) : Infinity;
      const end = Math.min(at + chunkBytes, troubleAt, bytes.length);
      if (end > at) yield handed(at, end);
      at = end;
      if (next && at === troubleAt) {
        left.shift();
        if (next.kind === "short") return;
        if (next.kind === "long") yield Buffer.alloc(bytes.length + 1, 1);
        // Of a file whose hash nobody knows nobody can tell that it was altered on its way.
        if (next.kind === "alter" && isKnown && at < bytes.length) {
          yield Buffer.from([(bytes[at] as number) ^ 1]);
          at += 1;
        }
        await happens(next.kind, stalled);
      } else if (at === bytes.length) {
        return;
      }
    }
  }
  const open = async (offset: number): Promise<AsyncIterable<Uint8Array>> => {
    await Promise.resolve();
    if (offset > 0 && onlyWhole) throw new SnapformError("unimplemented", "no ranges here");
    return from(offset);
  };
  return { path, size: bytes.length, open, ...(isKnown ? { sha256 } : {}) };
}

async function happens(kind: Trouble["kind"], stalled: () => void): Promise<void> {
  if (kind === "break") throw new SnapformError("unavailable", "reset", { retryable: true });
  if (kind === "refuse") throw new SnapformError("permission-denied", "the key was taken away");
  // oxlint-disable-next-line typescript/only-throw-error
  if (kind === "throw") throw "no error at all";
  if (kind !== "stall") return;
  stalled();
  await new Promise(() => undefined);
}
