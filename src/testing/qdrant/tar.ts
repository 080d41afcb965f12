import { Buffer } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { SnapformError } from "../../errors/index.ts";

const BLOCK = 512;

/** A member of a tar file; `offset` is where its content begins. */
export interface TarMember {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
  readonly size: number;
  readonly offset: number;
}

/** Writes a ustar file front to back, with members whose size is known only afterwards. */
export class TarWriter {
  readonly #file: FileHandle;
  #offset = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Where the next member would begin. */
  get offset(): number {
    return this.#offset;
  }

  async add(name: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const start = this.#offset;
    let end = start + BLOCK;
    for await (const chunk of chunks) {
      await this.#file.write(chunk, 0, chunk.length, end);
      end += chunk.length;
    }
    await this.#close(name, start, end - start - BLOCK);
  }

  /** A member of zeros that takes no room on a disk that knows holes. */
  async addHole(name: string, size: number): Promise<void> {
    await this.#close(name, this.#offset, size);
  }

  /** Writes the end of the archive, and zeros up to `byteCount` where that is more. */
  async end(byteCount: number): Promise<void> {
    await this.#file.truncate(Math.max(this.#offset + 2 * BLOCK, byteCount));
  }

  async #close(name: string, start: number, size: number): Promise<void> {
    await this.#file.write(header(name, size), 0, BLOCK, start);
    this.#offset = start + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, length: number): void =>
    void block.write(value.toString(8).padStart(length - 1, "0"), offset, "ascii");
  block.write(name, 0, 100, "utf8");
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write("        0", 148, "ascii");
  block.write("ustar\u000000", 257, "ascii");
  octal(checksum(block), 148, 7);
  return block;
}

function checksum(block: Buffer): number {
  let sum = 0;
  for (let index = 0; index < BLOCK; index++) {
    sum += index >= 148 && index < 156 ? 32 : (block[index] ?? 0);
  }
  return sum;
}

/**
 * The members of a tar file, without reading their content.
 *
 * @throws SnapformError `corrupt` where it is no tar file, or ends before its end
 */
export async function listTar(file: FileHandle): Promise<readonly TarMember[]> {
  const { size: fileSize } = await file.stat();
  const members: TarMember[] = [];
  const block = Buffer.alloc(BLOCK);
  for (let offset = 0; ;) {
    const { bytesRead } = await file.read(block, 0, BLOCK, offset);
    if (bytesRead < BLOCK) throw notAnArchive("unexpected end of the archive");
    if (block.every((byte) => byte === 0)) return members;
    const field = (start: number, length: number): string =>
      block
        .toString("utf8", start, start + length)
        .replace(/\0.*$/s, "")
        .trim();
    if (Number.parseInt(field(148, 8), 8) !== checksum(block)) {
      throw notAnArchive("archive header checksum mismatch");
    }
    const size = Number.parseInt(field(124, 12), 8);
    const kind = { "0": "file", "": "file", "5": "folder" }[field(156, 1)] ?? "other";
    const content = offset + BLOCK;
    if (content + size > fileSize) throw notAnArchive("unexpected end of the archive");
    const prefix = field(345, 155);
    const name = prefix === "" ? field(0, 100) : `${prefix}/${field(0, 100)}`;
    members.push({ name, kind: kind as TarMember["kind"], size, offset: content });
    offset = content + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function notAnArchive(why: string): SnapformError {
  return new SnapformError("corrupt", `failed to iterate over archive: ${why}`);
}
