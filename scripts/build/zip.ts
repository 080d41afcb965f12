// Writes zip archives: just enough of the format (PKWARE APPNOTE 6.3) for a few named files with
// their permissions. Invariant: the same entries give the same bytes, whenever and wherever.

import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  /** ASCII, with `/` between folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Permissions, as in `0o755`. */
  readonly mode: number;
}

/** Deflate, and attributes of a Unix system: version 2.0 of the format. */
const VERSION_NEEDED = 20;
const MADE_ON_UNIX = (3 << 8) | VERSION_NEEDED;
const DEFLATED = 8;
/** 1980-01-01, the first day that a zip can name: no build has a date of its own. */
const DATE = (1 << 5) | 1;
const REGULAR_FILE = 0o100000;
const LARGEST = 0xffffffff;

/** An archive of the entries, in their order. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const packed = deflateRawSync(entry.bytes, { level: 9 });
    const common = commonHeader(entry, packed);
    const file = Buffer.concat([signed(0x04034b50), common, Buffer.from(entry.name), packed]);
    directory.push(directoryEntry(entry, common, offset));
    files.push(file);
    offset += file.length;
  }
  if (offset > LARGEST) throw new Error("too large for a zip without extensions");
  const listing = Buffer.concat(directory);
  return Buffer.concat([...files, listing, endOfDirectory(entries.length, listing.length, offset)]);
}

/** What the header of a file and its entry in the directory have in common. */
function commonHeader({ name, bytes }: ZipEntry, packed: Buffer): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(VERSION_NEEDED, 0);
  header.writeUInt16LE(DEFLATED, 4);
  header.writeUInt16LE(DATE, 8);
  header.writeUInt32LE(crc32(bytes), 10);
  header.writeUInt32LE(packed.length, 14);
  header.writeUInt32LE(bytes.length, 18);
  header.writeUInt16LE(Buffer.byteLength(name), 22);
  return header;
}

function directoryEntry({ name, mode }: ZipEntry, common: Buffer, offset: number): Buffer {
  const made = Buffer.alloc(2);
  made.writeUInt16LE(MADE_ON_UNIX);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(((REGULAR_FILE | mode) << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([signed(0x02014b50), made, common, rest, Buffer.from(name)]);
}

function endOfDirectory(count: number, byteCount: number, offset: number): Buffer {
  const end = Buffer.alloc(18);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(byteCount, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([signed(0x06054b50), end]);
}

function signed(signature: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return bytes;
}
