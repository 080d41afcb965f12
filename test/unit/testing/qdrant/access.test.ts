import { createHmac } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { ask, cluster, VECTORS, type Ask } from "./ask.ts";

const FULL = "full-key";
const KEYS = { apiKey: FULL, altApiKey: "alt-key", readOnlyApiKey: "read-key", jwt: true };

/** A token as the server takes it. */
function token(claims: object, secret = FULL, alg = "HS256"): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = `${part({ alg, typ: "JWT" })}.${part(claims)}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

async function secured() {
  const { urls, qdrant } = await cluster({ nodes: 1, keys: KEYS });
  const as = (key: string | null, path: string, options: Ask = {}) =>
    ask(urls[0], path, {
      ...options,
      headers: { ...options.headers, ...(key === null ? {} : { "api-key": key }) },
    });
  for (const name of ["docs", "other"]) {
    await as(FULL, `/collections/${name}`, { method: "PUT", body: { vectors: VECTORS } });
    const body = { points: [{ id: 1, vector: [1, 2], payload: { owner: "me" } }] };
    await as(FULL, `/collections/${name}/points`, { method: "PUT", body });
  }
  return { url: urls[0], qdrant, as };
}

const READ = token({ access: "r" });
const COLLECTION_READ = token({ access: [{ collection: "docs", access: "r" }] });
const COLLECTION_WRITE = token({ access: [{ collection: "docs", access: "rw" }] });
const POINTS_WRITE = token({ access: [{ collection: "docs", access: "prw" }] });

describe("keys", () => {
  it("are asked for, in plain text, but not at the door", async () => {
    const { as } = await secured();
    for (const key of [null, "wrong"]) {
      const reply = await as(key, "/collections");
      expect(reply.status).toBe(401);
      expect(reply.headers["content-type"]).toMatch(/^text\/plain/);
    }
    for (const path of ["/", "/healthz", "/livez", "/readyz"]) {
      expect((await as(null, path)).status).toBe(200);
    }
  });

  it("come as a header of their own, which wins, or as a bearer", async () => {
    const { url } = await secured();
    const go = (headers: Record<string, string>) => ask(url, "/collections", { headers });
    expect((await go({ authorization: `Bearer ${FULL}` })).status).toBe(200);
    expect((await go({ "api-key": "alt-key" })).status).toBe(200);
    expect((await go({ "api-key": "wrong", authorization: `Bearer ${FULL}` })).status).toBe(401);
  });

  it("never stand in the record of requests", async () => {
    const { as, qdrant } = await secured();
    await as("read-key", "/collections");
    const text = JSON.stringify(qdrant.requests);
    for (const key of ["full-key", "alt-key", "read-key"]) expect(text).not.toContain(key);
    expect(qdrant.requests.at(-1)?.headers["api-key"]).toBe("[redacted]");
  });
});

describe("tokens", () => {
  it.each([
    ["signed by another key", token({ access: "r" }, "other"), 401],
    ["of another algorithm", token({ access: "r" }, FULL, "none"), 401],
    ["that are none", "a.b.c", 401],
    ["that have run out", token({ access: "r", exp: 1 }), 403],
    ["that last", token({ access: "r", exp: 4_000_000_000 }), 200],
    [
      "bound to a value that is there",
      token({
        access: "r",
        value_exists: { collection: "docs", matches: [{ key: "owner", value: "me" }] },
      }),
      200,
    ],
    [
      "bound to a value that is gone",
      token({
        access: "r",
        value_exists: { collection: "docs", matches: [{ key: "owner", value: "you" }] },
      }),
      401,
    ],
  ])("%s are judged", async (_what, given, status) => {
    const { as } = await secured();
    expect((await as(given, "/collections")).status).toBe(status);
  });
});

describe("rights", () => {
  const who = {
    "read-key": "read-key",
    r: READ,
    m: token({ access: "m" }),
    "docs r": COLLECTION_READ,
    "docs rw": COLLECTION_WRITE,
    "docs prw": POINTS_WRITE,
  };
  const everybody = Object.keys(who);
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ["GET", "/collections/docs/snapshots", ["read-key", "r", "m", "docs r", "docs rw"]],
    ["GET", "/collections/docs/snapshots/none", ["read-key", "r", "m", "docs r", "docs rw"]],
    ["POST", "/collections/docs/snapshots", ["m", "docs rw"]],
    ["DELETE", "/collections/docs/snapshots/none", ["m", "docs rw"]],
    ["GET", "/collections/docs/shards/0/snapshot", ["m", "docs rw"]],
    ["PUT", "/collections/docs/snapshots/recover", ["m"]],
    ["POST", "/collections/docs/snapshots/upload", ["m"]],
    ["GET", "/snapshots", ["read-key", "r", "m"]],
    ["POST", "/snapshots", ["m"]],
    ["GET", "/cluster", ["read-key", "r", "m"]],
    ["GET", "/metrics", ["read-key", "r", "m"]],
    ["GET", "/collections/docs/cluster", ["read-key", "r", "m", "docs r", "docs rw"]],
    ["GET", "/collections", everybody],
    ["GET", "/aliases", everybody],
    ["GET", "/collections/docs", everybody],
    ["POST", "/collections/docs/points/count", everybody],
    ["GET", "/collections/other", ["read-key", "r", "m"]],
    ["POST", "/collections/docs/points/delete", ["m", "docs rw", "docs prw"]],
    ["POST", "/collections/aliases", ["m"]],
    ["PUT", "/collections/new", ["m"]],
    ["DELETE", "/collections/new", ["m"]],
  ];

  it.each(rows)("to %s %s are for %j", async (method, path, allowed) => {
    const { as } = await secured();
    const found: string[] = [];
    for (const [name, key] of Object.entries(who)) {
      const reply = await as(key, path, { method });
      if (reply.status === 401) throw new TypeError(`${name} is not known`);
      if (reply.status !== 403) found.push(name);
      else expect(reply.headers["content-type"]).toMatch(/^text\/plain/);
    }
    expect(found).toEqual(allowed);
  });

  it("to some collections filter the listing", async () => {
    const { as } = await secured();
    const { result } = await as(COLLECTION_READ, "/collections");
    expect(result.collections).toEqual([{ name: "docs" }]);
  });

  it("are checked before the body of an upload is read", async () => {
    const { as, qdrant } = await secured();
    const endless = new Readable({ read() {} });
    const reply = await as("read-key", "/collections/docs/snapshots/upload", {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=b" },
      stream: endless,
    }).finally(() => endless.destroy());
    expect(reply.status).toBe(403);
    expect(qdrant.requests.at(-1)?.receivedBytes).toBe(0);
    expect(await qdrant.nodes[0]?.files()).toEqual([]);
  });
});
