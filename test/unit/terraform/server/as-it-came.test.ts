import { describe, expect, it } from "vitest";
import type { ResourceType } from "../../../../src/terraform/server/definition.ts";
import type { Messages } from "../../../../src/terraform/wire/messages.ts";
import { treeOf, UNKNOWN } from "../../../../src/terraform/wire/value.ts";
import { decodeObject, encodeObject, openClient, type Client } from "./client.ts";

const open = {
  attributes: {
    id: { type: "string", computed: true },
    size: { type: "number", optional: true },
    tags: { type: ["map", "string"], optional: true },
  },
} as const;

const secretive = {
  attributes: { ...open.attributes, pass: { type: "string", optional: true, writeOnly: true } },
} as const;

type Schema = typeof open | typeof secretive;

async function configured(schema: Schema, resource: Partial<ResourceType<null>>): Promise<Client> {
  const client = openClient({
    schema: { attributes: {} },
    configure: async () => ({ configured: null }),
    resources: {
      x_thing: {
        schema,
        read: async (_context, { state }) => ({ state }),
        create: async (_context, { planned }) => ({ state: planned }),
        update: async (_context, { planned }) => ({ state: planned }),
        delete: async () => {},
        ...resource,
      },
    },
    dataSources: {},
    functions: {},
  });
  const message = { terraformVersion: "1.11.4", config: encodeObject({ attributes: {} }, {}) };
  await client.call("ConfigureProvider", ["ConfigureRequest", message], "DiagnosticsResponse");
  return client;
}

interface Sides {
  readonly prior: unknown;
  readonly proposed: unknown;
}

function plan(client: Client, schema: Schema, sides: Sides): Promise<Messages["PlanResponse"]> {
  const request = {
    typeName: "x_thing",
    priorState: encodeObject(schema, sides.prior),
    proposedNewState: encodeObject(schema, sides.proposed),
    config: encodeObject(schema, sides.proposed),
    priorPrivate: new Uint8Array(),
  };
  return client.call("PlanResourceChange", ["PlanRequest", request], "PlanResponse");
}

const thing = { id: "1", size: 3, tags: treeOf([["__proto__", "x"]]) };

describe("an object that leaves as it came", () => {
  it("is the very bytes that Terraform sent", async () => {
    const client = await configured(open, {});
    // Written otherwise than we would: 3 as a number of 64 bits.
    const sent = Buffer.from("83a26964a131a473697a65d30000000000000003a474616773c0", "hex");
    const request = { typeName: "x_thing", currentState: { msgpack: sent } };
    const reply = await client.call("ReadResource", ["ReadRequest", request], "ReadResponse");
    expect(reply.diagnostics).toEqual([]);
    expect(Buffer.from(reply.newState?.msgpack ?? [])).toEqual(sent);
    expect(decodeObject(open, reply.newState)).toMatchObject({ id: "1", size: 3, tags: null });
  });

  it("is one object where what was and what is proposed are the same", async () => {
    let isOne = false;
    const client = await configured(open, {
      plan: ({ prior, proposed }) => {
        isOne = prior?.state === proposed;
        return { planned: proposed };
      },
    });
    const same = await plan(client, open, { prior: thing, proposed: thing });
    expect(isOne).toBe(true);
    expect(same.plannedState?.msgpack).toEqual(encodeObject(open, thing).msgpack);
    const other = await plan(client, open, { prior: thing, proposed: { ...thing, size: 4 } });
    expect(isOne).toBe(false);
    expect(decodeObject(open, other.plannedState)).toMatchObject({ size: 4 });
  });

  it("does not take a write-only value along", async () => {
    const client = await configured(secretive, { plan: ({ config }) => ({ planned: config }) });
    const given = { ...thing, pass: "secret" };
    const reply = await plan(client, secretive, { prior: given, proposed: given });
    expect(decodeObject(secretive, reply.plannedState)).toMatchObject({ id: "1", pass: null });
  });

  it("does not take an unknown value along once it was applied", async () => {
    const client = await configured(open, {});
    const planned = { ...thing, id: UNKNOWN };
    const request = {
      typeName: "x_thing",
      priorState: encodeObject(open, null),
      plannedState: encodeObject(open, planned),
      config: encodeObject(open, { ...thing, id: null }),
      plannedPrivate: new Uint8Array(),
    };
    const reply = await client.call(
      "ApplyResourceChange",
      ["ApplyRequest", request],
      "ApplyResponse",
    );
    expect(decodeObject(open, reply.newState)).toMatchObject({ id: null, size: 3 });
    expect(reply.diagnostics?.[0]?.detail).toContain("- id: It is still unknown.");
  });
});
