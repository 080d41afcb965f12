import type { IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer, type AddressInfo, type Server } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  openNodeClient,
  type NodeClient,
  type NodeOptions,
} from "../../../../../src/engines/qdrant/http/node-client.ts";
import { FakeClock } from "../../../../../src/testing/fake-clock.ts";
import { certificate, certificateKey } from "./certificate.ts";
import { json, ok, scene, text } from "./server.ts";

const get = { method: "GET", path: ["x"], doing: "looking", once: true } as const;
const post = { method: "POST", path: ["x"], doing: "changing" } as const;

function clientOf(url: string, options: Partial<NodeOptions> = {}): NodeClient {
  const clock = new FakeClock({ skipsSleep: true });
  const client = openNodeClient({ name: "node-0", url, clock, ...options });
  onTestFinished(() => client.close());
  return client;
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

describe("a connection", () => {
  test("that is refused leaves no doubt, and is tried again even for unsafe calls", async () => {
    const clock = new FakeClock({ skipsSleep: true });
    const client = clientOf(`http://127.0.0.1:${await freePort()}`, { clock });
    await expect(client.json(post)).rejects.toMatchObject({
      code: "unavailable",
      retryable: true,
      outcomeUnknown: false,
      message: "node-0: changing: the connection was refused: nothing listens there",
    });
    expect(clock.monotonicMs()).toBeGreaterThan(0);
  });

  test("to a host that does not exist is not tried again", async () => {
    const client = clientOf("http://node-0.invalid:6333");
    await expect(client.json(post)).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
      message: expect.stringMatching(/^node-0: changing: the host name /) as string,
    });
  });

  test("is closed on a node that keeps silent for too long", async () => {
    const silent = (request: IncomingMessage): void => void request.resume();
    const { client, asked } = await scene(silent, { timeoutMs: 300 });
    await expect(client.json({ ...get, once: false })).rejects.toMatchObject({
      code: "deadline-exceeded",
      outcomeUnknown: false,
    });
    expect(asked).toHaveLength(1);
    await expect(client.json(post)).rejects.toMatchObject({
      code: "deadline-exceeded",
      outcomeUnknown: true,
    });
  });

  test("that is cancelled says whether something may have happened", async () => {
    const stop = new AbortController();
    const { client } = await scene(() => stop.abort());
    await expect(client.json({ ...post, signal: stop.signal })).rejects.toMatchObject({
      code: "cancelled",
      outcomeUnknown: true,
      message: "cancelled node-0: changing",
    });
    await expect(client.json({ ...post, signal: stop.signal })).rejects.toMatchObject({
      code: "cancelled",
      outcomeUnknown: false,
    });
  });

  test("breaks when the client is closed", async () => {
    const arrived = Promise.withResolvers<void>();
    const { client } = await scene(() => arrived.resolve());
    const running = expect(client.json(get)).rejects.toMatchObject({ code: "cancelled" });
    await arrived.promise;
    await client.close();
    await running;
  });

  test("to something that does not speak HTTP says so", async () => {
    const server = createServer((socket) => void socket.end("220 mail.example ESMTP\r\n"));
    const client = clientOf(`http://127.0.0.1:${await portOf(server)}`);
    await expect(client.json(get)).rejects.toMatchObject({
      code: "unavailable",
      message: "node-0: looking: what answers there does not speak HTTP",
    });
  });

  test("with TLS to a server without it says so", async () => {
    const { url } = await scene(json(ok(1)));
    const client = clientOf(url.replace("http:", "https:"));
    await expect(client.json(post)).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
      message: "node-0: changing: what answers there does not speak TLS",
      hint: expect.stringContaining("http://") as string,
    });
  });
});

describe("a certificate", () => {
  async function secure(): Promise<number> {
    const server = createTlsServer({ cert: certificate, key: certificateKey }, json(ok(1)));
    return portOf(server);
  }

  test("of an unknown authority is refused with a hint at caFile", async () => {
    const client = clientOf(`https://127.0.0.1:${await secure()}`);
    await expect(client.json(post)).rejects.toMatchObject({
      code: "unavailable",
      retryable: false,
      outcomeUnknown: false,
      hint: expect.stringContaining("caFile") as string,
    });
  });

  test("that caFile trusts is accepted", async () => {
    const client = clientOf(`https://127.0.0.1:${await secure()}`, { ca: certificate });
    expect(await client.json(get)).toMatchObject({ status: 200 });
  });

  test("for another host name is refused", async () => {
    const client = clientOf(`https://localhost:${await secure()}`, { ca: certificate });
    await expect(client.json(get)).rejects.toMatchObject({
      code: "unavailable",
      message: "node-0: looking: the node's certificate is for another host name",
    });
  });

  test.each(["", "no certificate", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----"])(
    "that is none is refused before anything is sent: %j",
    (ca) => {
      expect(() => clientOf("https://127.0.0.1:1", { ca })).toThrow(/certificates of caFile/);
    },
  );
});

describe("the URL of a node", () => {
  test("may have a prefix and slashes at its end", async () => {
    const { url, asked } = await scene(json(ok(1)));
    const client = clientOf(`${url}/tenant/node-0//`);
    await client.json(get);
    await client.json({ ...get, path: [] });
    expect(asked).toEqual(["GET /tenant/node-0/x", "GET /tenant/node-0/"]);
    expect(client.url).toBe(`${url}/tenant/node-0`);
  });

  test("may be an IPv6 address", () => {
    expect(clientOf("http://[::1]:6333/").url).toBe("http://[::1]:6333");
  });

  test.each([
    "localhost:6333",
    "ftp://host",
    "",
    "http://user:hunter2@host:6333",
    "http://hunter2@host",
    "http://host/?api-key=hunter2",
    "http://host/?",
    "http://host/#hunter2",
  ])("is refused without being shown: %j", (url) => {
    expect(() => clientOf(url)).toThrow(
      expect.objectContaining({
        code: "invalid-argument",
        message: expect.not.stringContaining("hunter2") as string,
      }),
    );
  });

  test("of a server that is not at the prefix is told from what is gone", async () => {
    const { url } = await scene(text("", 404));
    await expect(clientOf(`${url}/wrong`).json(get)).rejects.toMatchObject({
      code: "failed-precondition",
    });
  });
});

describe("a key", () => {
  test.each(["", " ", "key\n", "schlüssel", "a\u0000b"])(
    "that no header can carry is refused without being shown: %j",
    (apiKey) => {
      expect(() => clientOf("http://host", { apiKey })).toThrow(
        expect.objectContaining({
          code: "invalid-argument",
          message: expect.stringMatching(
            /^node-0: the apiKey (is empty|has characters .*)$/,
          ) as string,
        }),
      );
    },
  );
});
