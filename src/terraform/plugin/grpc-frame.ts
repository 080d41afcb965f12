import { SnapformError } from "../../errors/index.ts";

const PREFIX_BYTES = 5;

/** A message as gRPC frames it: no compression, its length, itself. */
export function frame(message: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The only message of a request. Throws `unimplemented` where it is compressed. */
export function unframe(bytes: Buffer): Uint8Array {
  if (bytes.length < PREFIX_BYTES || bytes.length !== PREFIX_BYTES + bytes.readUInt32BE(1)) {
    throw new SnapformError("invalid-argument", "the request is no single whole message");
  }
  if (bytes[0] !== 0) throw new SnapformError("unimplemented", "the request is compressed");
  return bytes.subarray(PREFIX_BYTES);
}
