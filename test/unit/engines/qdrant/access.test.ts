import { describe, expect, test } from "vitest";
import { accessOf } from "../../../../src/engines/qdrant/access.ts";

const now = new Date("2026-11-21T12:00:00Z");

function token(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}.c2lnbmF0dXJl`;
}

describe("accessOf", () => {
  test.each(["", "plain-key", "a.b.c", "a.b", `${token({ access: "r" })}.more`])(
    "knows nothing of a key that is no token: %j",
    (key) => {
      expect(accessOf(key, now)).toMatchObject({
        create: "unknown",
        restore: "unknown",
        reason: null,
      });
      expect(accessOf(key, now).createIn("docs")).toBe("unknown");
    },
  );

  test("knows that a reading token makes nothing", () => {
    const access = accessOf(token({ access: "r" }), now);
    expect(access).toMatchObject({ create: "no", restore: "no" });
    expect(access.reason).toBe("the token of the cluster only reads");
    expect(access.createIn("docs")).toBe("no");
  });

  test("knows that a managing token may do all", () => {
    const access = accessOf(token({ access: "m", exp: 4e9 }), now);
    expect(access).toMatchObject({ create: "yes", restore: "yes", reason: null });
    expect(access.createIn("docs")).toBe("yes");
  });

  test("looks up each collection of a list, and knows that it cannot restore", () => {
    const list = [
      { collection: "docs", access: "rw" },
      { collection: "news", access: "r" },
      { collection: "mail", access: "prw" },
    ];
    const access = accessOf(token({ access: list }), now);
    expect(access).toMatchObject({ create: "unknown", restore: "no" });
    const names = ["docs", "news", "mail", "other"];
    expect(names.map((name) => access.createIn(name))).toEqual(["yes", "no", "no", "no"]);
  });

  test("knows that a list without a right to write makes nothing", () => {
    const access = accessOf(token({ access: [{ collection: "docs", access: "r" }] }), now);
    expect(access).toMatchObject({ create: "no", restore: "no" });
  });

  test("says when a token ran out", () => {
    const exp = now.getTime() / 1000;
    expect(accessOf(token({ access: "m", exp }), now)).toMatchObject({
      create: "no",
      restore: "no",
      reason: "the token of the cluster ran out at 2026-11-21T12:00:00.000Z",
    });
    expect(accessOf(token({ access: "m", exp: exp + 1 }), now).create).toBe("yes");
  });

  test.each([{}, { access: "x" }, { access: ["docs"] }, { access: { all: true } }])(
    "knows nothing of claims that it does not understand: %j",
    (claims) => {
      expect(accessOf(token(claims), now)).toMatchObject({ create: "unknown", restore: "unknown" });
    },
  );
});
