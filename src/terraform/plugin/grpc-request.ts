import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { SnapformError } from "../../errors/index.ts";
import { unframe } from "./grpc-frame.ts";

const METHOD_NOT_ALLOWED = 405;
const UNSUPPORTED_MEDIA_TYPE = 415;

/** The status of HTTP for what is no call of gRPC at all; null: it is one. */
export function refusalOf(headers: IncomingHttpHeaders): number | null {
  if (headers[":method"] !== "POST") return METHOD_NOT_ALLOWED;
  return /^application\/grpc([+;]|$)/.test(headers["content-type"] ?? "")
    ? null
    : UNSUPPORTED_MEDIA_TYPE;
}

/** The only message of a call. Throws `cancelled` where the client goes before it is whole. */
export async function readRequest(stream: ServerHttp2Stream): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  if (stream.aborted) throw new SnapformError("cancelled", "the call was taken back");
  return unframe(Buffer.concat(chunks));
}
