import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UNKNOWN, type Tree } from "../../../src/terraform/wire/value.ts";
import { decodeObject, encodeObject } from "../../unit/terraform/server/client.ts";
import { exampleProvider } from "../example-provider.ts";
import { connect, thing, thingSchema, type Connected } from "./connect.ts";

const BYTES = 20_000_000;
const { schema } = exampleProvider.resources["example_kinds"] ?? { schema: { attributes: {} } };

describe.skipIf(process.platform === "win32")("a value of 20 MB", () => {
  let connected: Connected;

  beforeAll(async () => {
    connected = await connect();
  });
  afterAll(async () => {
    await connected.provider.close();
  });

  /** Compared by hand: the difference of two such texts is nothing that anybody could print. */
  const isWhole = (tree: Tree | null, name: string, expected: string): boolean =>
    tree !== null && tree[name] === expected;

  it("goes there and back as one text", async () => {
    const text = "é0123456".repeat(BYTES / 9);
    const request = {
      typeName: "example_kinds",
      plannedState: encodeObject(schema, { id: UNKNOWN, text, rule: [], choice: [] }),
      config: encodeObject(schema, { text, rule: [], choice: [] }),
    };
    const { client } = connected;
    const applied = await client.call(
      "ApplyResourceChange",
      ["ApplyRequest", request],
      "ApplyResponse",
    );
    expect(applied.diagnostics).toEqual([]);
    expect(isWhole(decodeObject(schema, applied.newState), "text", text)).toBe(true);
  });

  it("goes there and back as a list of many", async () => {
    const list = Array.from({ length: 200_000 }, (_, index) => `${index}`.padStart(100, "x"));
    const currentState = encodeObject(schema, { id: "a", list, rule: [], choice: [] });
    const { client } = connected;
    const request = { typeName: "example_kinds", currentState };
    const read = await client.call("ReadResource", ["ReadRequest", request], "ReadResponse");
    const back = decodeObject(schema, read.newState)?.["list"];
    expect(Array.isArray(back) && back.join() === list.join()).toBe(true);
  });

  it("that is a secret is taken out of what is said, and the object is delivered", async () => {
    const secret = "0123456.*(".repeat(BYTES / 10);
    const members = { name: "a", mood: "leaks", secret };
    const request = {
      typeName: "example_thing",
      plannedState: thing({ ...members, id: UNKNOWN, revision: UNKNOWN }),
      config: thing({ ...members, pass: "sesame" }),
    };
    const { client } = connected;
    const applied = await client.call(
      "ApplyResourceChange",
      ["ApplyRequest", request],
      "ApplyResponse",
    );
    const object = decodeObject(thingSchema, applied.newState);
    expect(object).toMatchObject({ id: "example_thing-a" });
    expect(isWhole(object, "secret", secret)).toBe(true);
    expect(applied.diagnostics?.[0]?.detail.slice(0, 100)).toMatch(
      /^\(sensitive value\) and \(sensitive value\)\n/,
    );
  });
});
