import { describe, expect, test } from "vitest";
import { drop, json, ok, refusal, scene, text } from "./server.ts";

const get = { method: "GET", path: ["collections"], doing: "listing" } as const;
const post = { method: "POST", path: ["collections", "a", "snapshots"], doing: "taking" } as const;

describe("a JSON call", () => {
  test("gives the status and the body", async () => {
    const { client } = await scene(json(ok([1])));
    expect(await client.json(get)).toMatchObject({ status: 200, json: { result: [1] } });
  });

  test("asks for plain bytes and sends both kinds of credentials", async () => {
    const seen: unknown[] = [];
    const serve: Parameters<typeof scene>[0] = (request, response) => {
      seen.push(request.headers);
      json(ok(true))(request, response);
    };
    const { client } = await scene(serve, { apiKey: "key-1", token: "token-2" });
    await client.json(get);
    expect(seen).toMatchObject([
      { "accept-encoding": "identity", "api-key": "key-1", authorization: "Bearer token-2" },
    ]);
  });

  test("encodes names of any characters into the path", async () => {
    const { client, asked } = await scene(json(ok(true)));
    const path = ["collections", "a b/c%?ü#", "exists"];
    await client.json({ ...get, path, query: { wait: true, note: "a&b", none: undefined } });
    expect(asked).toEqual([
      "GET /collections/a%20b%2Fc%25%3F%C3%BC%23/exists?wait=true&note=a%26b",
    ]);
  });

  test.each([".", "..", "", "\ud800"])(
    "refuses the segment %j before anything is sent",
    async (name) => {
      const { client, asked } = await scene(json(ok(true)));
      await expect(client.json({ ...get, path: ["collections", name] })).rejects.toMatchObject({
        code: "invalid-argument",
      });
      expect(asked).toEqual([]);
    },
  );

  test("is repeated after a broken connection where that does no harm", async () => {
    const { client, asked } = await scene([drop, drop, json(ok(1))]);
    expect((await client.json(get)).status).toBe(200);
    expect(asked).toHaveLength(3);
  });

  test("gives up after three attempts", async () => {
    const { client, asked } = await scene([drop, drop, drop, json(ok(1))]);
    await expect(client.json(get)).rejects.toMatchObject({
      code: "unavailable",
      retryable: true,
      outcomeUnknown: false,
      message: "node-0: listing: the connection broke",
    });
    expect(asked).toHaveLength(3);
  });

  test("is not repeated after a lost answer when it is not safe, and says so", async () => {
    const { client, asked } = await scene([drop, json(ok(1))]);
    await expect(client.json(post)).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: true,
    });
    expect(asked).toHaveLength(1);
  });

  test("that is not safe is repeated after 429, at the time that the server asks for", async () => {
    const busy = text("slow down", 429, { "retry-after": "7" });
    const { client, clock } = await scene([busy, json(ok(1))]);
    expect((await client.json(post)).status).toBe(200);
    expect(clock.monotonicMs()).toBe(7000);
  });

  test("is not repeated when the server asks to wait for long", async () => {
    const { client, asked } = await scene([text("", 429, { "retry-after": "3600" })]);
    await expect(client.json(get)).rejects.toMatchObject({ code: "resource-exhausted" });
    expect(asked).toHaveLength(1);
  });

  test("fails with what the server says", async () => {
    const { client } = await scene(json(refusal("Not found: Collection `a` doesn't exist!"), 404));
    await expect(client.json(post)).rejects.toMatchObject({
      code: "not-found",
      message: "node-0: taking: Not found: Collection `a` doesn't exist! (HTTP 404)",
    });
  });
});
