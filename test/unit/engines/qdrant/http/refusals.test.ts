import { describe, expect, test } from "vitest";
import { json, refusal, scene, text } from "./server.ts";

const get = { method: "GET", path: ["x"], doing: "looking", once: true } as const;
const post = { method: "POST", path: ["x"], doing: "changing", once: true } as const;
const page = (title: string): string => `<html><head><title>${title}</title></head><body>..</body>`;

async function failureOf(request: typeof get | typeof post, answer: Parameters<typeof scene>[0]) {
  const { client } = await scene(answer, { apiKey: "key-of-mine" });
  return client.json(request).then(
    () => expect.unreachable("it succeeded"),
    (error: unknown) => error,
  );
}

describe("an answer that is no success", () => {
  test.each([
    [400, "Wrong input: no", "invalid-argument", false],
    [
      400,
      "Bad request: it is not compatible with existing collection",
      "failed-precondition",
      false,
    ],
    [403, "Forbidden: no", "permission-denied", false],
    [404, "Not found: Collection `a` doesn't exist!", "not-found", false],
    [405, "Method not allowed", "unimplemented", false],
    [408, "Timeout: too long", "deadline-exceeded", true],
    [409, "Already there", "already-exists", false],
    [422, "Validation error: invalid_sha256_hash", "invalid-argument", false],
    [
      500,
      "Service internal error: No space left on device (os error 28)",
      "resource-exhausted",
      false,
    ],
    [500, "Service internal error: missing data at shard 1", "failed-precondition", false],
    [500, "Service internal error: other", "unavailable", false],
    [503, "Service unavailable: shard 0", "unavailable", true],
    [507, "Quota exceeded", "resource-exhausted", false],
  ])(
    "with %i and %j becomes %s; its outcome is unknown: %s",
    async (status, said, code, unknown) => {
      expect(await failureOf(post, json(refusal(said), status))).toMatchObject({
        code,
        message: `node-0: changing: ${said} (HTTP ${status})`,
        outcomeUnknown: unknown,
      });
      expect(await failureOf(get, json(refusal(said), status))).toMatchObject({
        code,
        outcomeUnknown: false,
      });
    },
  );

  test.each([
    [401, "unauthenticated", false, false],
    [403, "permission-denied", false, false],
    [413, "resource-exhausted", false, false],
    [429, "resource-exhausted", true, false],
    [500, "unavailable", false, true],
    [502, "unavailable", true, true],
    [504, "unavailable", true, true],
    [520, "unavailable", true, true],
    [418, "failed-precondition", false, false],
  ])(
    "with %i in plain text becomes %s; retryable: %s, outcome unknown: %s",
    async (status, code, retryable, outcomeUnknown) => {
      const failure = await failureOf(post, text("some words", status));
      expect(failure).toMatchObject({
        code,
        retryable,
        outcomeUnknown,
        message: `node-0: changing: some words (HTTP ${status})`,
      });
    },
  );

  test("of a recovery that is busy with another one can be tried again without doubt", async () => {
    const busy = json({ status: "already_in_progress", time: 0 }, 503);
    expect(await failureOf(post, busy)).toMatchObject({
      code: "unavailable",
      retryable: true,
      outcomeUnknown: false,
    });
  });

  test("that is a page of a proxy is told by its title", async () => {
    const answer = text(page("502 Bad Gateway"), 502, { "content-type": "text/html" });
    expect(await failureOf(get, answer)).toMatchObject({
      message:
        'node-0: looking: an HTML page "502 Bad Gateway", probably of a proxy in front of the node ' +
        "(HTTP 502)",
      hint: expect.stringContaining("Check that the URL") as string,
    });
  });

  test.each([
    ["an HTML page", text(page("Not Found"), 404, { "content-type": "text/html" })],
    ["plain text", text("404 page not found", 404)],
    ["nothing", text("", 404)],
    ["someone else's JSON", json({ error: "no such route" }, 404)],
  ])("404 with %s does not say that anything is gone", async (_title, answer) => {
    expect(await failureOf(get, answer)).toMatchObject({ code: "failed-precondition" });
  });

  test("is shown in one bounded line", async () => {
    const said = `a\u001b[31mb\r\nc\u202ed${"x".repeat(5000)}`;
    const { message } = (await failureOf(get, text(said, 400))) as Error;
    expect(message).toMatch(/^node-0: looking: a \[31mb c dx+\.\.\. \(HTTP 400\)$/);
    expect(message.length).toBeLessThan(1100);
  });

  test("is shown without the key, the credentials and queries of URLs", async () => {
    const said =
      "Failed to download https://me:pass@store.example/a.snapshot?X-Amz-Signature=f00&b=1 with " +
      "key-of-mine and http://store.example/b#frag";
    const { message } = (await failureOf(get, json(refusal(said), 400))) as Error;
    expect(message).toBe(
      "node-0: looking: Failed to download https://(secret)@store.example/a.snapshot?... with " +
        "(secret) and http://store.example/b?... (HTTP 400)",
    );
  });

  test("is read no further than it is worth", async () => {
    const { client } = await scene((_request, response) => {
      response.writeHead(500);
      const timer = setInterval(() => response.write("x".repeat(65_536)), 1);
      response.on("close", () => clearInterval(timer));
    });
    await expect(client.json(get)).rejects.toMatchObject({ code: "unavailable" });
  });

  test("that leads elsewhere is not followed", async () => {
    const location = "https://other.example/x?token=1";
    const failure = await failureOf(get, text("", 307, { location }));
    expect(failure).toMatchObject({
      code: "failed-precondition",
      hint: expect.stringContaining("https://other.example") as string,
    });
    expect((failure as { hint: string }).hint).not.toContain("token");
  });

  test("may be a success that comes compressed, which is refused", async () => {
    const answer = text("zip", 200, { "content-encoding": "gzip" });
    expect(await failureOf(post, answer)).toMatchObject({
      code: "unavailable",
      outcomeUnknown: true,
    });
  });
});
