import { Buffer } from "node:buffer";
import { mkdir, open, rm, type FileHandle } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { dirname } from "node:path";
import { refuse } from "./answer.ts";

/** A file that has arrived whole. */
export interface ReceivedFile {
  /** As the client called it; null where it gave no name. */
  readonly name: string | null;
}

const HEAD_END = "\r\n\r\n";
const MAX_HEAD_BYTES = 16 * 1024;

/**
 * Streams the one part called `snapshot` of a multipart body to `path`; other parts are passed
 * over. The file is removed again when the body is no such form, or ends before its end.
 */
export async function receiveSnapshot(
  request: IncomingMessage,
  path: string,
): Promise<ReceivedFile> {
  const type = request.headers["content-type"] ?? "";
  const boundary = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type);
  if (!boundary) refuse(400, "Multipart error: Could not find Content-Type header");
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w");
  try {
    const form = new Form(file, boundary[1] ?? boundary[2] ?? "");
    for await (const chunk of request) await form.take(chunk as Buffer);
    return form.finish();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** The state between two chunks: what is not yet known to be content waits in `#rest`. */
class Form {
  readonly #file: FileHandle;
  readonly #delimiter: Buffer;
  #rest: Buffer;
  #place: "preamble" | "head" | "body" | "end" = "preamble";
  #isSnapshot = false;
  #received: ReceivedFile | null = null;

  constructor(file: FileHandle, boundary: string) {
    this.#file = file;
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    // The first delimiter has no line before it.
    this.#rest = Buffer.from("\r\n");
  }

  async take(chunk: Buffer): Promise<void> {
    if (this.#place === "end") return;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (await this.#step());
  }

  finish(): ReceivedFile {
    if (this.#place !== "end") refuse(400, "Multipart error: Multipart stream is incomplete");
    return this.#received ?? refuse(400, "Multipart error: Field 'snapshot' is required");
  }

  /** Takes one piece off the front; false when more bytes are needed. */
  async #step(): Promise<boolean> {
    if (this.#place === "head") return this.#readHead();
    if (this.#place === "end") return false;
    const at = this.#rest.indexOf(this.#delimiter);
    if (at === -1) {
      await this.#give(this.#rest.length - this.#pendingLength());
      return false;
    }
    // Two more bytes tell the end of the form from another part.
    if (this.#rest.length < at + this.#delimiter.length + 2) return false;
    await this.#give(at);
    const next = this.#rest.subarray(this.#delimiter.length);
    this.#place = next.toString("latin1", 0, 2) === "--" ? "end" : "head";
    this.#rest = next.subarray(2);
    return true;
  }

  /** How many bytes at the end may be the beginning of a delimiter. */
  #pendingLength(): number {
    const tail = this.#rest.subarray(Math.max(0, this.#rest.length - this.#delimiter.length + 1));
    for (let at = tail.indexOf("\r"); at !== -1; at = tail.indexOf("\r", at + 1)) {
      const length = tail.length - at;
      if (tail.subarray(at).equals(this.#delimiter.subarray(0, length))) return length;
    }
    return 0;
  }

  async #give(byteCount: number): Promise<void> {
    const bytes = this.#rest.subarray(0, byteCount);
    if (this.#place === "body" && this.#isSnapshot) await this.#file.appendFile(bytes);
    this.#rest = this.#rest.subarray(byteCount);
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf(HEAD_END);
    if (end === -1) {
      if (this.#rest.length > MAX_HEAD_BYTES) refuse(400, "Multipart error: header is too long");
      return false;
    }
    const head = this.#rest.toString("utf8", 0, end);
    const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? "";
    this.#isSnapshot = /;\s*name="?snapshot"?\s*(;|$)/i.test(disposition);
    if (this.#isSnapshot) {
      if (this.#received) refuse(400, "Multipart error: Duplicate field 'snapshot'");
      this.#received = { name: /;\s*filename="([^"]*)"/i.exec(disposition)?.[1] ?? null };
    }
    this.#rest = this.#rest.subarray(end + HEAD_END.length);
    this.#place = "body";
    // An empty part is closed by the delimiter that follows its head at once.
    return true;
  }
}
