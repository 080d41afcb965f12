import { isSnapformError, type ErrorCode } from "../../errors/index.ts";
import { textOfThrown } from "../server/thrown.ts";

/** The statuses of gRPC that our own codes have; all others are `UNKNOWN`. */
const STATUS: { readonly [Code in ErrorCode]?: number } = {
  cancelled: 1,
  "invalid-argument": 3,
  "deadline-exceeded": 4,
  "not-found": 5,
  "already-exists": 6,
  "permission-denied": 7,
  "resource-exhausted": 8,
  "failed-precondition": 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
};

const UNKNOWN_STATUS = 2;

/** The trailers of a call that has worked. */
export const GRPC_OK: { readonly [name: string]: string } = Object.freeze({ "grpc-status": "0" });

/** Headers that are too long end the whole connection; a message has three bytes for some. */
const MOST_BYTES = 4096;

/** The trailers of a call that has failed. `redact` takes secrets out of a text. */
export function trailersOf(
  error: unknown,
  redact: (text: string) => string = (text) => text,
): { readonly [name: string]: string } {
  const status = isSnapformError(error) ? (STATUS[error.code] ?? UNKNOWN_STATUS) : UNKNOWN_STATUS;
  const message = percentEncode(cut(redact(textOfThrown(error))));
  return { "grpc-status": String(status), "grpc-message": message };
}

/** As gRPC wants it: printable ASCII as it is, the rest of UTF-8 byte by byte. */
function percentEncode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
      const hex = byte.toString(16).toUpperCase().padStart(2, "0");
      return isPlain ? String.fromCharCode(byte) : `%${hex}`;
    })
    .join("");
}

/** Not through the middle of a character. */
function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_BYTES) return text;
  let end = MOST_BYTES;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.subarray(0, end).toString()} ...`;
}
