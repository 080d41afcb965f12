/** How many bytes `looksLikeTar` needs: one header block. */
export const TAR_HEADER_BYTES = 512;

const MAGIC_OFFSET = 257;

/**
 * True when these first bytes of a file are a tar header: `ustar` at 257 (POSIX and GNU) and a
 * checksum that fits. Every snapshot is a tar; a web page or a compressed file saved as one is not.
 */
export function looksLikeTar(bytes: Uint8Array): boolean {
  if (bytes.length < TAR_HEADER_BYTES) return false;
  const field = (from: number, to: number): string =>
    String.fromCharCode(...bytes.subarray(from, to));
  if (field(MAGIC_OFFSET, MAGIC_OFFSET + 5) !== "ustar") return false;
  const recorded = /^[ 0]*([0-7]+)/.exec(field(148, 156))?.[1];
  return recorded !== undefined && Number.parseInt(recorded, 8) === checksum(bytes);
}

/** The sum of the header's bytes, its own field counted as spaces. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < TAR_HEADER_BYTES; index += 1) {
    sum += index >= 148 && index < 156 ? 0x20 : (bytes[index] ?? 0);
  }
  return sum;
}
