import { corruptFile } from "./errors.ts";
import type { LanceVersion } from "./lance-version.ts";
import { decodeIndexSection, decodeManifest } from "./manifest-message.ts";

/** A manifest of this size describes millions of fragments; more is damage. */
export const MANIFEST_LIMIT_BYTES: number = 512 * 1024 * 1024;

const FOOTER_BYTES = 16;

/**
 * Reads a whole manifest file: `... u32 length, Manifest ... i64 position, u16, u16, "LANC"`.
 * Throws `corrupt` naming `table` and `file` for anything else.
 */
export function parseManifestFile(bytes: Buffer, table: string, file: string): LanceVersion {
  try {
    if (bytes.length < FOOTER_BYTES) throw new RangeError("the file is too short");
    const footer = bytes.subarray(bytes.length - FOOTER_BYTES);
    if (footer.toString("latin1", 12) !== "LANC") throw new RangeError("it does not end in LANC");
    const { indexSection, ...manifest } = decodeManifest(
      block(bytes, footer.readBigInt64LE(0), "manifest"),
    );
    if (manifest.version === 0) throw new RangeError("it names no version");
    const indexes =
      indexSection === null
        ? []
        : decodeIndexSection(block(bytes, BigInt(indexSection), "index section"));
    return { ...manifest, indexes };
  } catch (error) {
    if (error instanceof RangeError) throw corruptFile(table, file, error.message);
    throw error;
  }
}

/** A length-prefixed message at `position`. */
function block(bytes: Buffer, position: bigint, what: string): Buffer {
  const end = bytes.length - FOOTER_BYTES;
  if (position < 0n || position > BigInt(end - 4)) {
    throw new RangeError(`the ${what} lies outside the file`);
  }
  const start = Number(position) + 4;
  const length = bytes.readUInt32LE(start - 4);
  if (length > end - start) throw new RangeError(`the ${what} runs past the end`);
  return bytes.subarray(start, start + length);
}
