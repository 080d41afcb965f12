import { readdir } from "node:fs/promises";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../src/terraform/wire/value.ts";
import { configure, thing, thingSchema } from "./connect.ts";
import { dial, framed, parseHandshake, type GrpcClient, type Handshake } from "./grpc-client.ts";
import { createIdentity, issueIdentity } from "./identity.ts";
import { startProvider, type ProviderProcess } from "./provider-process.ts";
import { decodeObject } from "../../unit/terraform/server/client.ts";

const HEALTH = "/grpc.health.v1.Health/Check";
const EMPTY = framed(new Uint8Array());

describe.skipIf(process.platform === "win32")("a connection to a provider", () => {
  let provider: ProviderProcess;
  let handshake: Handshake;

  // One for all, and no connection is kept open: whoever is refused must not end it either.
  beforeAll(async () => {
    provider = await startProvider();
    handshake = parseHandshake(await provider.handshake);
  });
  afterAll(async () => {
    await provider.close();
  });

  it.each([
    ["no certificate", () => null],
    ["a certificate of its own", () => createIdentity()],
    ["one that the announced one has signed", () => issueIdentity(provider.identity)],
  ])("is refused to whoever shows %s", async (_what, shown) => {
    const { session, send } = dial(handshake, shown());
    // TLS 1.3 lets a client believe for a moment that it is welcome; it gets no answer.
    const answer = await send(HEALTH, EMPTY).catch(() => null);
    expect(answer?.status ?? null).toBeNull();
    expect(answer?.body.length ?? 0).toBe(0);
    session.destroy();
    expect(provider.isAlive()).toBe(true);
  });

  it.each([
    ["without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["without saying anything", ""],
  ])("is refused to whoever comes %s", async (_what, words) => {
    const socket = connectSocket(handshake.path);
    socket.resume();
    const closed = new Promise((resolve) => {
      socket.once("close", resolve);
    });
    socket.on("error", () => undefined);
    socket.end(words);
    await closed;
    expect(provider.isAlive()).toBe(true);
  });

  it("is refused to TLS of an older kind", async () => {
    const { session, send } = dial(handshake, provider.identity, { maxVersion: "TLSv1.1" });
    expect(await send(HEALTH, EMPTY).catch(() => null)).toBeNull();
    session.destroy();
  });

  it("is granted to whoever shows the announced certificate, in TLS 1.2 and 1.3", async () => {
    const versions = ["TLSv1.2", "TLSv1.3"] as const;
    const clients = versions.map((maxVersion) =>
      dial(handshake, provider.identity, { maxVersion }),
    );
    for (const { session, send } of clients) {
      const answer = await send(HEALTH, EMPTY);
      expect([answer.httpStatus, answer.status, ...answer.body]).toEqual([
        200, 0, 0, 0, 0, 0, 2, 8, 1,
      ]);
      const shown = (session.socket as TLSSocket).getPeerX509Certificate();
      expect(shown?.raw.equals(handshake.certificate ?? Buffer.alloc(0))).toBe(true);
    }
    for (const { session } of clients) session.destroy();
    expect((await provider.ended).status).toBe(0);
  });
});

describe.skipIf(process.platform === "win32")("connections to one provider", () => {
  let provider: ProviderProcess;
  let clients: readonly [GrpcClient, GrpcClient];

  beforeAll(async () => {
    provider = await startProvider();
    const handshake = parseHandshake(await provider.handshake);
    clients = [dial(handshake, provider.identity), dial(handshake, provider.identity)];
  });
  afterAll(async () => {
    await provider.close();
  });

  const create = async (client: GrpcClient, name: string, mood: string | null) => {
    const request = {
      typeName: "example_thing",
      plannedState: thing({ id: UNKNOWN, name, mood, revision: UNKNOWN }),
      config: thing({ name, mood }),
    };
    const reply = await client.call(
      "ApplyResourceChange",
      ["ApplyRequest", request],
      "ApplyResponse",
    );
    return { ...reply, object: decodeObject(thingSchema, reply.newState) };
  };

  it("have a configuration each", async () => {
    const [first, second] = clients;
    await configure(first, join(provider.store, "first"));
    expect((await create(second, "a", null)).diagnostics?.[0]?.detail).toBe(
      "The provider was not configured.",
    );
    await configure(second, join(provider.store, "second"));
    await create(first, "a", null);
    await create(second, "b", null);
    expect(await readdir(join(provider.store, "first"))).toEqual(["example_thing-a.json"]);
    expect(await readdir(join(provider.store, "second"))).toEqual(["example_thing-b.json"]);
  });

  it("are answered while another call still runs, and so are calls on the same one", async () => {
    const [first, second] = clients;
    const order: string[] = [];
    const slow = create(first, "slow", "sleeps").then((reply) => {
      order.push("slow");
      return reply;
    });
    const names = Array.from({ length: 20 }, (_, index) => `quick-${index}`);
    const quick = await Promise.all(names.map((name) => create(first, name, null)));
    expect(quick.map(({ object }) => object?.["id"])).toEqual(
      names.map((name) => `example_thing-${name}`),
    );
    await create(second, "other", null);
    order.push("the others");
    // Stopping one connection stops nothing on the other.
    await second.call("StopProvider", ["Empty", {}], "StopResponse");
    await first.call("StopProvider", ["Empty", {}], "StopResponse");
    const stopped = await slow;
    expect(order).toEqual(["the others", "slow"]);
    expect(stopped.diagnostics?.[0]?.detail).toBe("Stopped by Terraform.");
    expect(stopped.object).toMatchObject({ id: "example_thing-slow" });
  });

  it("end the process with the last of them only", async () => {
    const [first, second] = clients;
    first.session.destroy();
    const answer = await second.send("/grpc.health.v1.Health/Check", framed(new Uint8Array()));
    expect(answer.status).toBe(0);
    second.session.destroy();
    expect(await provider.ended).toMatchObject({ status: 0, signal: null });
    expect(await readdir(provider.temporary)).toEqual([]);
  });
});
