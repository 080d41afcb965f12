import type { ServerHttp2Stream } from "node:http2";
import { SnapformError } from "../../errors/index.ts";
import { encodeMessage } from "../wire/protobuf.ts";
import { reply } from "./grpc-reply.ts";
import { GRPC_OK, trailersOf } from "./grpc-status.ts";
import type { Lifecycle } from "./lifecycle.ts";

const SERVING = 1;

/** The services that go-plugin has beside the provider: its end, its pipes, its health. */
export function answerService(stream: ServerHttp2Stream, path: string, lifecycle: Lifecycle): void {
  switch (path) {
    case "/plugin.GRPCController/Shutdown":
      stream.once("close", () => lifecycle.shutdown());
      reply(stream, encodeMessage("Empty", {}), GRPC_OK);
      break;
    case "/plugin.GRPCStdio/StreamStdio":
    case "/plugin.GRPCBroker/StartStream":
      hold(stream);
      break;
    case "/grpc.health.v1.Health/Check":
      reply(stream, encodeMessage("HealthResponse", { status: SERVING }), GRPC_OK);
      break;
    default:
      reply(stream, null, trailersOf(new SnapformError("unimplemented", `no method ${path}`)));
  }
}

/** A stream on which nothing is ever said: we have no pipes to share and no plugins of our own. */
function hold(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ ...GRPC_OK }));
  stream.on("end", () => stream.end());
  stream.resume();
}
