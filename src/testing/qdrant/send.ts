import { open, rm, type FileHandle } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliCompress, createDeflate, createGzip } from "node:zlib";
import type { Answer, SentFile } from "./answer.ts";
import type { RequestFaults } from "./faults.ts";

export interface Sending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly faults: RequestFaults;
  /** Seconds since the request came. */
  readonly time: number;
  /** The servers' clock, for the `Date` header. */
  readonly now: Date;
}

type Headers = Record<string, string | number>;

interface Body {
  readonly status: number;
  readonly headers: Headers;
  readonly stream: Readable;
}

/** Sends an answer as the server does, or as a fault has ordered. Returns the bytes of the body. */
export async function send(answer: Answer, sending: Sending): Promise<number> {
  const { request, response, faults } = sending;
  const body = await bodyOf(answer, sending);
  const headers: Headers = { ...body.headers, ...answer.headers };
  headers.date = sending.now.toUTCString();
  const stages: NodeJS.ReadWriteStream[] = [];
  const corrupt = faults.find("corrupt");
  if (corrupt) stages.push(corruptAt(corrupt.atByte));
  // The server leaves parts of files as they are.
  const encoding = body.status === 206 ? null : encodingOf(request, faults);
  if (encoding !== null && answer.body.kind !== "empty") {
    stages.push(compressors[encoding]());
    headers["content-encoding"] = encoding;
    headers.vary = "accept-encoding";
    delete headers["content-length"];
  }
  const truncate = faults.find("truncate");
  if (truncate) stages.push(cutAfter(truncate.afterBytes));
  let byteCount = 0;
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      byteCount += chunk.length;
      done(null, chunk);
    },
  });
  try {
    response.writeHead(body.status, headers);
    await pipeline([body.stream, ...stages, counter, response], { end: truncate === undefined });
  } finally {
    // A client that had gone before its answer began leaves the pipeline unmade, and a file open.
    body.stream.destroy();
  }
  if (truncate) response.socket?.destroySoon();
  return byteCount;
}

async function bodyOf({ status, body }: Answer, sending: Sending): Promise<Body> {
  switch (body.kind) {
    case "empty":
      return whole(status, "", null);
    case "text":
      return whole(status, body.text, body.contentType ?? "text/plain; charset=utf-8");
    case "json":
      return whole(status, JSON.stringify(body.value), "application/json");
    case "envelope": {
      const value = { result: body.result, status: body.status, time: sending.time };
      return whole(status, JSON.stringify(value), "application/json");
    }
    case "file":
      return fileBody(body.file, sending);
  }
}

function whole(status: number, text: string, contentType: string | null): Body {
  const bytes = new TextEncoder().encode(text);
  return {
    status,
    headers: {
      ...(contentType === null ? {} : { "content-type": contentType }),
      "content-length": bytes.length,
    },
    stream: Readable.from(bytes.length === 0 ? [] : [bytes]),
  };
}

async function fileBody(file: SentFile, { request, faults }: Sending): Promise<Body> {
  const handle = await open(file.path, "r");
  if (file.isTemporary === true) await rm(file.path);
  const { size, ino, mtimeMs } = await handle.stat();
  const type = { "content-type": "application/octet-stream" };
  if (!file.ranged) return { status: 200, headers: type, stream: read(handle, 0, size) };
  const etag = `"${ino.toString(16)}:${size.toString(16)}:${Math.floor(mtimeMs).toString(16)}"`;
  const headers: Headers = {
    ...type,
    "accept-ranges": "bytes",
    etag,
    "last-modified": file.modifiedAt.toUTCString(),
    "content-disposition": `attachment; filename="${file.name}"`,
  };
  const wanted = request.headers["if-range"];
  const isSame = wanted === undefined || wanted === etag || wanted === headers["last-modified"];
  const asked = faults.has("ignore-range") || !isSame ? undefined : request.headers.range;
  if (asked === undefined) {
    return {
      status: 200,
      headers: { ...headers, "content-length": size },
      stream: read(handle, 0, size),
    };
  }
  const range = rangeOf(asked, size);
  if (!range) {
    await handle.close();
    const { stream } = whole(416, "", null);
    return {
      status: 416,
      headers: { "content-range": `bytes */${size}`, "content-length": 0 },
      stream,
    };
  }
  const [start, end] = range;
  headers["content-length"] = end - start;
  headers["content-range"] = `bytes ${start}-${end - 1}/${size}`;
  return { status: 206, headers, stream: read(handle, start, end) };
}

function read(handle: FileHandle, start: number, end: number): Readable {
  if (end > start) {
    return handle.createReadStream({ start, end: end - 1, highWaterMark: 256 * 1024 });
  }
  void handle.close();
  return Readable.from([]);
}

/** First byte and the byte after the last; null where nothing of it exists. */
function rangeOf(header: string, size: number): readonly [number, number] | null {
  const match = /^bytes=(\d*)-(\d*)/.exec(header);
  if (!match || (match[1] === "" && match[2] === "")) return null;
  const [, first = "", last = ""] = match;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  return start < end ? [start, end] : null;
}

const compressors = {
  gzip: () => createGzip(),
  br: () => createBrotliCompress(),
  deflate: () => createDeflate(),
} as const;

type Encoding = keyof typeof compressors;

function encodingOf({ headers }: IncomingMessage, faults: RequestFaults): Encoding | null {
  if (faults.has("compress")) return "gzip";
  const accepted = String(headers["accept-encoding"] ?? "").split(",");
  const names = accepted
    .map((each) => each.trim().split(/\s*;\s*q=/))
    .filter(([, quality]) => quality === undefined || Number(quality) > 0)
    .map(([name]) => name);
  return (Object.keys(compressors) as Encoding[]).find((each) => names.includes(each)) ?? null;
}

function corruptAt(offset: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      const at = offset - seen;
      seen += chunk.length;
      if (at < 0 || at >= chunk.length) return done(null, chunk);
      const changed = Uint8Array.from(chunk);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      return done(null, changed);
    },
  });
}

function cutAfter(byteCount: number): Transform {
  let left = byteCount;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      const some = chunk.subarray(0, left);
      left -= some.length;
      // What comes after the cut is read and thrown away, so that the file is closed as usual.
      done(null, some.length > 0 ? some : undefined);
    },
  });
}
