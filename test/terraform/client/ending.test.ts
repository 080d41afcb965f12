import { readdir } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeMessage } from "../../../src/terraform/wire/protobuf.ts";
import { UNKNOWN } from "../../../src/terraform/wire/value.ts";
import { decodeObject } from "../../unit/terraform/server/client.ts";
import { eventually } from "../running.ts";
import { connect, thing, thingSchema, type Connected } from "./connect.ts";
import { framed } from "./grpc-client.ts";

const EMPTY = framed(new Uint8Array());
const APPLY = "/tfplugin6.Provider/ApplyResourceChange";
const SHUTDOWN = "/plugin.GRPCController/Shutdown";

describe.skipIf(process.platform === "win32")("the end of a provider", () => {
  let connected: Connected;

  beforeEach(async () => {
    connected = await connect();
  });
  afterEach(async () => {
    await connected.provider.close();
  });

  const create = (mood: string) => ({
    typeName: "example_thing",
    plannedState: thing({ id: UNKNOWN, name: "a", mood, revision: UNKNOWN }),
    config: thing({ name: "a", mood }),
  });
  const untilMade = (): Promise<void> =>
    eventually("the thing is made", async () => {
      return (await readdir(connected.provider.store)).length > 0;
    });
  /** It has ended by itself, in order, and nothing of it is left. */
  const endsWith = async (status: number): Promise<void> => {
    const { provider } = connected;
    expect(await provider.ended).toMatchObject({ status, signal: null });
    expect(await readdir(provider.temporary)).toEqual([]);
  };

  it("comes with a Shutdown, which is answered first", async () => {
    const answer = await connected.client.send(SHUTDOWN, EMPTY);
    expect([answer.status, ...answer.body]).toEqual([0, 0, 0, 0, 0, 0]);
    await endsWith(0);
  });

  it("waits at a Shutdown for a call that stops, and for its answer to be out", async () => {
    const { client } = connected;
    const running = client.call(
      "ApplyResourceChange",
      ["ApplyRequest", create("sleeps")],
      "ApplyResponse",
    );
    await untilMade();
    expect((await client.send(SHUTDOWN, EMPTY)).status).toBe(0);
    const reply = await running;
    expect(decodeObject(thingSchema, reply.newState)).toMatchObject({ id: "example_thing-a" });
    expect(reply.diagnostics?.[0]?.detail).toBe("Stopped by Terraform.");
    await endsWith(0);
  });

  it("comes at a Shutdown whatever streams the client holds open", async () => {
    const { client } = connected;
    for (const path of ["/plugin.GRPCStdio/StreamStdio", "/plugin.GRPCBroker/StartStream"]) {
      const stream = client.session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
      });
      stream.on("error", () => undefined).resume();
      await new Promise((resolve) => {
        stream.once("response", resolve);
      });
    }
    expect((await client.send(SHUTDOWN, EMPTY)).status).toBe(0);
    await endsWith(0);
  });

  it("comes with that of the connection, where nobody said a word", async () => {
    connected.client.session.destroy();
    await endsWith(0);
  });

  it("comes after the work that runs, where the client goes in the middle of it", async () => {
    const { client, provider } = connected;
    const request = framed(encodeMessage("ApplyRequest", create("works on")));
    const running = client.send(APPLY, request).catch(() => null);
    await untilMade();
    client.session.destroy();
    expect((await running)?.status ?? null).toBeNull();
    await endsWith(0);
    expect(await readdir(provider.store)).toEqual(["example_thing-a.json"]);
  });

  it("comes where the client goes in the middle of a request, and nothing of it is done", async () => {
    const { client, provider } = connected;
    const stream = client.session.request({
      ":method": "POST",
      ":path": APPLY,
      "content-type": "application/grpc",
    });
    stream.on("error", () => undefined);
    const request = framed(encodeMessage("ApplyRequest", create("works on")));
    await new Promise((resolve) => {
      stream.write(request.subarray(0, request.length - 1), resolve);
    });
    client.session.destroy();
    await endsWith(0);
    expect(await readdir(provider.store)).toEqual([]);
  });

  it("does not come with a call that is taken back: that goes on, and so does the rest", async () => {
    const { client, provider } = connected;
    const stream = client.session.request({
      ":method": "POST",
      ":path": APPLY,
      "content-type": "application/grpc",
    });
    stream.on("error", () => undefined);
    stream.end(framed(encodeMessage("ApplyRequest", create("works on"))));
    await untilMade();
    stream.destroy();
    const health = await client.send("/grpc.health.v1.Health/Check", EMPTY);
    expect(health.status).toBe(0);
    expect(provider.isAlive()).toBe(true);
    await client.send(SHUTDOWN, EMPTY);
    await endsWith(0);
  });

  it("does not come with Ctrl-C, which the client tells by itself", async () => {
    const { client, provider } = connected;
    provider.kill("SIGINT");
    provider.kill("SIGHUP");
    const health = await client.send("/grpc.health.v1.Health/Check", EMPTY);
    expect(health.status).toBe(0);
    provider.kill("SIGTERM");
    await endsWith(130);
  });

  it("comes with a crash, but first every call is answered with what was kept", async () => {
    const { client, provider } = connected;
    const reply = await client.call(
      "ApplyResourceChange",
      ["ApplyRequest", create("crashes")],
      "ApplyResponse",
    );
    expect(decodeObject(thingSchema, reply.newState)).toMatchObject({ id: "example_thing-a" });
    await endsWith(2);
    expect((await provider.ended).stderr).toMatch(/^panic: Error: crashed with/);
  });
});
