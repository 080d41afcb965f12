import { open, type FileHandle } from "node:fs/promises";
import type { HashName } from "../../snapshot/manifest.ts";
import { INLINE_BYTES } from "./copy-file.ts";
import { throwIfCancelled } from "./filesystem-errors.ts";
import { createHasher } from "./hasher.ts";
import type { RunningHash } from "./hash-threads.ts";
import { bytesHavePassed } from "./short-lived-memory.ts";
import type { Store } from "./store.ts";

/** An object that is to be read out. */
export interface Outgoing {
  readonly path: string;
  readonly size: number;
  readonly hash: string;
  readonly hashName: HashName;
  readonly signal: AbortSignal;
  /** The error for bytes that are not what the hash says. */
  readonly corrupt: (what: string) => Error;
}

const READ_BYTES = 1024 * 1024;
/** How far reading is ahead of who takes the pieces. */
const AHEAD_COUNT = 3;

const UNFIT = "does not fit its hash";

async function readPiece(file: FileHandle, outgoing: Outgoing, start: number): Promise<Buffer> {
  const length = Math.min(READ_BYTES, outgoing.size - start);
  const piece = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(piece, done, length - done, start + done);
    if (bytesRead === 0) throw outgoing.corrupt(`ended at ${start + done} bytes`);
    done += bytesRead;
  }
  return piece;
}

/** Has a piece hashed in a slot, one after the other; a slot is used again when it is free. */
function feeder(hash: RunningHash): (piece: Buffer) => Promise<void> {
  const busy = hash.slots.map(() => Promise.resolve());
  let count = 0;
  let failure: { readonly error: unknown } | null = null;
  return async (piece) => {
    const slot = count++ % busy.length;
    await busy[slot];
    // Bytes that were not hashed are no damage of the object.
    if (failure !== null) throw failure.error;
    (hash.slots[slot] as Uint8Array).set(piece);
    busy[slot] = hash.update(slot, piece.length).catch((error: unknown) => {
      failure ??= { error };
    });
  };
}

interface Reading {
  readonly file: FileHandle;
  readonly hash: RunningHash;
  readonly outgoing: Outgoing;
}

/** The pieces in order, read ahead and hashed. The last is held back until the hash is right. */
async function* pieces({ file, hash, outgoing }: Reading): AsyncGenerator<Uint8Array> {
  const feed = feeder(hash);
  const ahead: Promise<Buffer>[] = [];
  let next = 0;
  const readOn = (): void => {
    while (ahead.length < AHEAD_COUNT && next < outgoing.size) {
      const piece = readPiece(file, outgoing, next);
      piece.catch(() => undefined);
      ahead.push(piece);
      next += READ_BYTES;
    }
  };
  try {
    for (let at = 0; at < outgoing.size;) {
      throwIfCancelled(outgoing.signal);
      readOn();
      const piece = await (ahead.shift() as Promise<Buffer>);
      await feed(piece);
      at += piece.length;
      if (at === outgoing.size) {
        const digests = await hash.digest();
        if (digests[outgoing.hashName] !== outgoing.hash) throw outgoing.corrupt(UNFIT);
      }
      yield piece;
      bytesHavePassed(piece.length);
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}

async function* readSmall(outgoing: Outgoing, file: FileHandle): AsyncGenerator<Uint8Array> {
  const hasher = await createHasher(outgoing.hashName);
  const piece = await readPiece(file, outgoing, 0);
  hasher.update(piece);
  throwIfCancelled(outgoing.signal);
  if (hasher.digest() !== outgoing.hash) throw outgoing.corrupt(UNFIT);
  if (piece.length > 0) yield piece;
}

/**
 * The bytes of an object. Whoever has got all of them knows that they are right: the last piece
 * comes only when the hash fits, else the stream fails before it.
 */
export async function* readObject(store: Store, outgoing: Outgoing): AsyncGenerator<Uint8Array> {
  const file = await open(outgoing.path, "r");
  try {
    if (outgoing.size <= INLINE_BYTES) {
      yield* readSmall(outgoing, file);
      return;
    }
    const hash = store.hashing.start([outgoing.hashName]);
    try {
      yield* pieces({ file, hash, outgoing });
    } finally {
      hash.close();
    }
  } finally {
    await file.close();
  }
}
