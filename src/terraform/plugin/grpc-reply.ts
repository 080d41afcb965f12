import type { ServerHttp2Stream } from "node:http2";
import { frame } from "./grpc-frame.ts";

/** Answers a call: at most one message, then how it went. */
export function reply(
  stream: ServerHttp2Stream,
  message: Uint8Array | null,
  trailers: { readonly [name: string]: string },
): void {
  if (stream.destroyed || stream.closed) return;
  // What the client still sends is dropped, else the stream would not come to its end.
  stream.resume();
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ ...trailers }));
  stream.end(message === null ? undefined : frame(message));
}
