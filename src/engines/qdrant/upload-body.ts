import { SnapformError } from "../../errors/index.ts";
import { looksLikeTar, TAR_HEADER_BYTES } from "./http/tar.ts";
import type { Piece } from "./restore-source.ts";

/** The bytes of a piece, of which the first were looked at. */
export interface UploadBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Lets go of the source when the bytes are not read. */
  discard(): Promise<void>;
}

/**
 * Opens a piece and reads its head: what is no tar is never sent, because servers have been seen to
 * take such a file and to fail at their next start. `beforeEnd` runs when all bytes were handed
 * over and before the upload is complete; when it throws, the upload has no effect.
 *
 * @throws SnapformError `corrupt` when it is no snapshot, or not as long as recorded; for the rest
 * see the source
 */
export async function openBody(
  piece: Piece,
  signal: AbortSignal,
  beforeEnd: () => Promise<void>,
): Promise<UploadBody> {
  const source = (await piece.open(signal))[Symbol.asyncIterator]();
  const discard = async (): Promise<void> => void (await source.return?.());
  const head: Uint8Array[] = [];
  let headBytes = 0;
  let isDone = false;
  try {
    while (headBytes < TAR_HEADER_BYTES && !isDone) {
      const next = await source.next();
      isDone = next.done === true;
      if (next.done === true) break;
      head.push(next.value);
      headBytes += next.value.length;
    }
    requireTar(piece, Buffer.concat(head));
  } catch (error) {
    await discard().catch(() => undefined);
    throw error;
  }
  async function* bytes(): AsyncGenerator<Uint8Array> {
    let byteCount = headBytes;
    try {
      yield* head;
      while (!isDone) {
        const next = await source.next();
        if (next.done === true) break;
        byteCount += next.value.length;
        yield next.value;
      }
      requireSize(piece, byteCount);
      await beforeEnd();
    } finally {
      await discard().catch(() => undefined);
    }
  }
  return { bytes: bytes(), discard };
}

function requireSize({ origin, node, size }: Piece, byteCount: number): void {
  if (byteCount === size) return;
  const text = `${origin} has ${byteCount} bytes where ${size} were recorded`;
  throw new SnapformError("corrupt", `${text}; ${node.name} was not let restore it`);
}

function requireTar(piece: Piece, head: Uint8Array): void {
  if (looksLikeTar(head)) return;
  const text = `${piece.origin} is no snapshot: it does not begin like a tar file`;
  throw new SnapformError("corrupt", `${text}; nothing was sent to ${piece.node.name}`);
}
