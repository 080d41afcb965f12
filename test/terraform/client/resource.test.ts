import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DynamicValue, Messages } from "../../../src/terraform/wire/messages.ts";
import { UNKNOWN, type Tree } from "../../../src/terraform/wire/value.ts";
import { decodeObject, encodeObject, textOf } from "../../unit/terraform/server/client.ts";
import { exampleProvider } from "../example-provider.ts";
import { connect, thing, thingSchema, type Connected } from "./connect.ts";
import { decodeValue } from "../../../src/terraform/wire/decode-value.ts";
import { objectType } from "../../../src/terraform/wire/schema.ts";

const TYPE = "example_thing";
const NOTHING: DynamicValue = { msgpack: Uint8Array.of(0xc0) };

describe.skipIf(process.platform === "win32")("a resource over the wire", () => {
  let connected: Connected;

  beforeEach(async () => {
    connected = await connect();
  });
  afterEach(async () => {
    await connected.provider.close();
  });

  const call: Connected["client"]["call"] = (...args) => connected.client.call(...args);
  const object = (value: DynamicValue | undefined): Tree | null => decodeObject(thingSchema, value);

  interface Wanted {
    readonly prior?: Messages["ApplyResponse"];
    readonly config: Readonly<Record<string, unknown>> | null;
  }

  /** Plans and applies as Terraform does; `proposed` is the configuration over what there was. */
  const change = async ({ prior, config }: Wanted) => {
    const priorState = prior?.newState ?? NOTHING;
    const computed = { id: null, revision: null, ...object(priorState) };
    const { id, revision } = computed;
    const asked = {
      typeName: TYPE,
      priorState,
      config: config === null ? NOTHING : thing(config),
    };
    const proposedNewState = config === null ? NOTHING : thing({ ...config, id, revision });
    const planned = await call(
      "PlanResourceChange",
      [
        "PlanRequest",
        { ...asked, proposedNewState, priorPrivate: prior?.private ?? new Uint8Array() },
      ],
      "PlanResponse",
    );
    const { plannedState = NOTHING, plannedPrivate } = planned;
    const applied = await call(
      "ApplyResourceChange",
      ["ApplyRequest", { ...asked, plannedState, plannedPrivate }],
      "ApplyResponse",
    );
    return { planned, applied };
  };

  const stored = async (): Promise<unknown> =>
    JSON.parse(await readFile(join(connected.provider.store, `${TYPE}-a.json`), "utf8"));

  it("goes its whole way: validate, create, read, upgrade, update, import, destroy", async () => {
    const config = { name: "a", size: 3 };
    const validated = await call(
      "ValidateResourceConfig",
      ["ValidateRequest", { typeName: TYPE, config: thing(config) }],
      "DiagnosticsResponse",
    );
    expect(validated.diagnostics).toEqual([]);

    const created = await change({ config });
    expect(decodeValue(objectType(thingSchema), created.planned.plannedState)).toMatchObject({
      ...config,
      id: UNKNOWN,
      revision: UNKNOWN,
    });
    expect(created.planned.diagnostics).toEqual([]);
    expect(object(created.applied.newState)).toMatchObject({
      ...config,
      id: `${TYPE}-a`,
      revision: 1,
    });
    expect(textOf(created.applied.private)).toBe('{"half":true}');
    expect(await stored()).toEqual({ id: `${TYPE}-a`, name: "a", size: "3", revision: 1 });

    const read = await call(
      "ReadResource",
      [
        "ReadRequest",
        {
          typeName: TYPE,
          currentState: created.applied.newState ?? NOTHING,
          private: created.applied.private,
        },
      ],
      "ReadResponse",
    );
    expect(object(read.newState)).toEqual(object(created.applied.newState));
    expect(textOf(read.private)).toBe('{"looked":true}');

    const upgrade = (version: number, json: string) => {
      const rawState = { json: new TextEncoder().encode(json) };
      const request = { typeName: TYPE, version, rawState };
      return call("UpgradeResourceState", ["UpgradeRequest", request], "UpgradeResponse");
    };
    // Of the same version: back as it came, big numbers and strangers included.
    const text = '{ "name":"a", "size":12345678901234567890, "more":[1] }';
    expect(textOf((await upgrade(1, text)).upgradedState?.json ?? new Uint8Array())).toBe(text);
    const renamed = await upgrade(0, `{"title":"a","id":"${TYPE}-a"}`);
    expect(object(renamed.upgradedState)).toMatchObject({ name: "a", id: `${TYPE}-a`, size: null });

    const updated = await change({ prior: created.applied, config: { ...config, size: 4 } });
    expect(updated.planned.requiresReplace).toEqual([]);
    expect(object(updated.applied.newState)).toMatchObject({ size: 4, revision: 2 });
    const same = await change({ prior: updated.applied, config: { ...config, size: 4 } });
    expect(object(same.planned.plannedState)).toEqual(object(updated.applied.newState));
    const other = await change({ prior: updated.applied, config: { ...config, name: "b" } });
    expect(other.planned.requiresReplace).toEqual([{ steps: [{ attributeName: "name" }] }]);

    const imported = await call(
      "ImportResourceState",
      ["ImportRequest", { typeName: TYPE, id: `${TYPE}-a` }],
      "ImportResponse",
    );
    const [first] = imported.importedResources ?? [];
    expect(first?.typeName).toBe(TYPE);
    expect(object(first?.state)).toMatchObject({ id: `${TYPE}-a`, name: null });

    const destroyed = await change({ prior: updated.applied, config: null });
    expect(object(destroyed.planned.plannedState)).toBeNull();
    expect(object(destroyed.applied.newState)).toBeNull();
    expect(destroyed.applied.diagnostics).toEqual([]);
    const gone = await call(
      "ReadResource",
      ["ReadRequest", { typeName: TYPE, currentState: updated.applied.newState ?? NOTHING }],
      "ReadResponse",
    );
    expect([...(gone.newState?.msgpack ?? [])]).toEqual([0xc0]);
  });

  it.each([
    ["fails", "The disk went away."],
    ["leaks", "(sensitive value) and (sensitive value)"],
  ])(
    "that was kept before its creation threw is delivered all the same: %s",
    async (mood, detail) => {
      const config = { name: "a", mood, secret: "sesame", pass: "open it" };
      const { applied } = await change({ config });
      expect(object(applied.newState)).toMatchObject({
        id: `${TYPE}-a`,
        name: "a",
        secret: "sesame",
        pass: null,
        revision: null,
      });
      expect(textOf(applied.private)).toBe('{"half":true}');
      expect(applied.diagnostics?.[0]).toMatchObject({
        severity: 1,
        summary: `Could not create ${TYPE}`,
      });
      expect(applied.diagnostics?.[0]?.detail).toContain(detail);
      expect(await readdir(connected.provider.store)).toEqual([`${TYPE}-a.json`]);
    },
  );

  it("that threw before anything was made is none", async () => {
    const { applied } = await change({
      config: { name: "a", mood: "fails first", pass: "open it" },
    });
    expect(object(applied.newState)).toBeNull();
    expect(applied.diagnostics?.[0]?.detail).toContain("no way in with (sensitive value)");
  });

  it("is still there when its deletion throws", async () => {
    const { applied } = await change({ config: { name: "a", mood: "clings" } });
    const destroyed = await change({ prior: applied, config: null });
    expect(object(destroyed.applied.newState)).toEqual(object(applied.newState));
    expect(destroyed.applied.diagnostics?.[0]?.detail).toBe("It clings to life.");
  });

  it("stands beside data sources and functions", async () => {
    await change({ config: { name: "a" } });
    const schema = exampleProvider.dataSources["example_things"]?.schema ?? { attributes: {} };
    const config = encodeObject(schema, { prefix: "a", names: null });
    const request = { typeName: "example_things", config };
    const data = await call("ReadDataSource", ["ReadDataRequest", request], "ReadDataResponse");
    expect(decodeObject(schema, data.state)).toMatchObject({ prefix: "a", names: ["a"] });
    const [word, silence] = [
      { msgpack: Uint8Array.of(0xa1, 0x61) },
      { msgpack: Uint8Array.of(0xa0) },
    ];
    const shout = (...args: readonly DynamicValue[]) =>
      call(
        "CallFunction",
        ["CallFunctionRequest", { name: "shout", arguments: args }],
        "CallFunctionResponse",
      );
    const { result } = await shout(word, word);
    expect(decodeValue("string", result)).toBe("A A!");
    expect((await shout(word, silence)).error).toEqual({
      text: "There is nothing to shout.",
      functionArgument: 1,
    });
  });
});
