import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  ApplyContext,
  ProviderDefinition,
  ResourceType,
} from "../../../../src/terraform/server/definition.ts";
import type { Messages } from "../../../../src/terraform/wire/messages.ts";
import { treeOf, UNKNOWN, type Tree } from "../../../../src/terraform/wire/value.ts";
import { junk, settings } from "../wire/arbitraries.ts";
import { decodeObject, encodeObject, openClient, textOf, type Client } from "./client.ts";

const schema = {
  version: 2,
  attributes: {
    id: { type: "string", computed: true },
    name: { type: "string", required: true },
    size: { type: "number", optional: true },
    token: { type: "string", optional: true, sensitive: true },
    pass: { type: "string", optional: true, writeOnly: true },
  },
} as const;

const providerSchema = {
  attributes: { key: { type: "string", sensitive: true, optional: true } },
} as const;

const EMPTY = { id: null, name: null, size: null, token: null, pass: null };

function providerOf(resource: Partial<ResourceType<string>>): ProviderDefinition<string> {
  return {
    schema: providerSchema,
    async configure({ hasUnknown }) {
      return hasUnknown ? { waiting: true } : { configured: "ready" };
    },
    resources: {
      x_thing: {
        schema,
        read: async (_context, { state }) => ({ state }),
        create: async (_context, { planned }) => ({ state: { ...planned, id: "1" } }),
        update: async (_context, { planned }) => ({ state: planned }),
        delete: async () => {},
        ...resource,
      },
    },
    dataSources: {},
    functions: {},
  };
}

async function configured(resource: Partial<ResourceType<string>>): Promise<Client> {
  const client = openClient(providerOf(resource));
  await configure(client, { key: null });
  return client;
}

async function configure(client: Client, config: unknown): Promise<void> {
  const message = { terraformVersion: "1.11.4", config: encodeObject(providerSchema, config) };
  await client.call("ConfigureProvider", ["ConfigureRequest", message], "DiagnosticsResponse");
}

interface Change {
  readonly prior?: unknown;
  readonly planned?: unknown;
  readonly config?: unknown;
}

async function apply(client: Client, change: Change): Promise<Messages["ApplyResponse"]> {
  const { prior = null, planned = null, config = planned } = change;
  const request = {
    typeName: "x_thing",
    priorState: encodeObject(schema, prior),
    plannedState: encodeObject(schema, planned),
    config: encodeObject(schema, config),
    plannedPrivate: new TextEncoder().encode('{"planned":true}'),
  };
  return await client.call("ApplyResourceChange", ["ApplyRequest", request], "ApplyResponse");
}

const planned = { ...EMPTY, id: UNKNOWN, name: "a" };
const summaries = (reply: { readonly diagnostics?: readonly { readonly summary: string }[] }) =>
  (reply.diagnostics ?? []).map(({ summary }) => summary);

describe("an apply", () => {
  it("answers with the object and what it keeps beside it", async () => {
    const client = await configured({
      create: async (_context, request) => ({
        state: { ...request.planned, id: "7" },
        private: { was: request.private as { readonly planned: boolean } },
      }),
    });
    const reply = await apply(client, { planned });
    expect(decodeObject(schema, reply.newState)).toEqual(
      treeOf(Object.entries({ ...EMPTY, id: "7", name: "a" })),
    );
    expect(textOf(reply.private)).toBe('{"was":{"planned":true}}');
    expect(reply.diagnostics).toEqual([]);
  });

  it("that fails answers with what was kept last", async () => {
    const client = await configured({
      async create({ keep }, request) {
        keep({ ...request.planned, id: "1" }, "first");
        keep({ ...request.planned, id: "2", size: 3 });
        throw new Error("boom");
      },
    });
    const reply = await apply(client, { planned });
    expect(decodeObject(schema, reply.newState)).toMatchObject({ id: "2", size: 3 });
    expect(textOf(reply.private)).toBe('"first"');
    expect(summaries(reply)).toEqual(["Could not create x_thing"]);
  });

  it("that fails half known is answered without a second complaint", async () => {
    const client = await configured({
      async create({ keep }, request) {
        keep({ ...request.planned, id: UNKNOWN });
        throw new Error("boom");
      },
    });
    const reply = await apply(client, { planned });
    expect(decodeObject(schema, reply.newState)).toMatchObject({ id: null, name: "a" });
    expect(summaries(reply)).toEqual(["Could not create x_thing"]);
  });

  it("that fails before anything was made answers with nothing, or with what there was", async () => {
    const fail = async (): Promise<never> => {
      throw new Error("boom");
    };
    const client = await configured({ create: fail, update: fail, delete: fail });
    const prior = { ...EMPTY, id: "1", name: "old" };
    expect(decodeObject(schema, (await apply(client, { planned })).newState)).toBeNull();
    const updated = await apply(client, { prior, planned: { ...prior, name: "new" } });
    expect(decodeObject(schema, updated.newState)).toMatchObject({ name: "old" });
    const deleted = await apply(client, { prior });
    expect(decodeObject(schema, deleted.newState)).toMatchObject({ name: "old" });
  });

  it("that deletes with an error keeps what remains, and with a warning nothing", async () => {
    const prior = { ...EMPTY, id: "1", name: "old", size: 2 };
    const problem = (severity: "error" | "warning") => [{ severity, summary: "S", detail: "D." }];
    const client = await configured({
      async delete({ keep }, { state }) {
        keep({ ...state, size: 1 });
        return problem(state["token"] === null ? "error" : "warning");
      },
    });
    const kept = await apply(client, { prior });
    expect(decodeObject(schema, kept.newState)).toMatchObject({ size: 1 });
    const gone = await apply(client, { prior: { ...prior, token: "t" } });
    expect(decodeObject(schema, gone.newState)).toBeNull();
    expect(summaries(gone)).toEqual(["S"]);
  });

  it("completes a careless object, and calls what is wrong with it a bug", async () => {
    const client = await configured({
      create: async () => ({ state: { id: "1", name: "a", size: "big", more: 1 } as never }),
    });
    const reply = await apply(client, { planned });
    expect(decodeObject(schema, reply.newState)).toMatchObject({ id: "1", name: "a", size: null });
    const [diagnostic] = reply.diagnostics ?? [];
    expect(diagnostic?.detail).toContain("- more: ");
    expect(diagnostic?.detail).toContain("- size: It is no number.");
    expect(diagnostic?.detail).not.toContain("big");
  });

  it("that does not keep to the plan is called a bug, and the object is kept as it is", async () => {
    const client = await configured({
      create: async (_context, request) => ({ state: { ...request.planned, id: "1", name: "b" } }),
    });
    const reply = await apply(client, { planned });
    expect(decodeObject(schema, reply.newState)).toMatchObject({ name: "b" });
    expect(reply.diagnostics?.[0]?.detail).toContain("otherwise than they were planned:\n- name");
  });

  it("always answers with an object that Terraform can keep, whatever a resource returns", async () => {
    await fc.assert(
      fc.asyncProperty(junk, junk, fc.boolean(), async (state, extra, throws) => {
        const client = await configured({
          async create({ keep }: ApplyContext<string>) {
            keep(state as Tree, extra as never);
            if (throws) throw state;
            return { state, private: extra, diagnostics: extra } as never;
          },
        });
        const reply = await apply(client, { planned });
        expect(reply.newState).toBeDefined();
        expect(() => decodeObject(schema, reply.newState)).not.toThrow();
      }),
      { ...settings, numRuns: 200 },
    );
  });

  it("stops at Terraform's word, and works again after the next configuration", async () => {
    const client = await configured({
      async create({ signal, clock, keep }, request) {
        keep({ ...request.planned, id: "1" });
        await clock.sleep(signal.aborted ? 0 : 30_000, signal);
        return { state: { ...request.planned, id: "1" } };
      },
    });
    const running = apply(client, { planned });
    await client.call("StopProvider", ["Empty", {}], "StopResponse");
    const reply = await running;
    expect(reply.diagnostics?.[0]?.detail).toBe("Stopped by Terraform.");
    expect(decodeObject(schema, reply.newState)).toMatchObject({ id: "1" });
    await configure(client, { key: null });
    const again = apply(client, { planned });
    client.crash(new Error("the end"));
    expect((await again).diagnostics?.[0]?.detail).toContain("the end");
  });
});

describe("secrets", () => {
  it("leave neither in a diagnostic nor in a log, in any spelling", async () => {
    const token = 'p&ss "w/rd"';
    const client = await configured({
      async create({ log }) {
        log("info", `with ${token}`, { header: `x ${encodeURIComponent(token)}`, count: 3 });
        throw new Error(`refused ${token} ${JSON.stringify(token)} key-of-provider 42xyz`);
      },
    });
    await configure(client, { key: "key-of-provider" });
    const reply = await apply(client, {
      planned: { ...planned, token },
      config: { ...EMPTY, name: "a", token, pass: "xyz" },
    });
    const blot = "(sensitive value)";
    expect(reply.diagnostics?.[0]?.detail).toContain(`refused ${blot} "${blot}" ${blot} 42xyz`);
    const info = client.logged.find(({ fields }) => fields["count"] === 3);
    expect(info).toEqual({ message: `with ${blot}`, fields: { header: `x ${blot}`, count: 3 } });
    expect(JSON.stringify(client.logged)).not.toContain("w/rd");
  });
});

describe("a read", () => {
  const current = { ...EMPTY, id: "1", name: "a" };
  const read = (client: Client) => {
    const request = {
      typeName: "x_thing",
      currentState: encodeObject(schema, current),
      private: new TextEncoder().encode('{"seen":1}'),
    };
    return client.call("ReadResource", ["ReadRequest", request], "ReadResponse");
  };

  it("keeps the private part unless it is told otherwise", async () => {
    const keeps = await configured({});
    expect(textOf((await read(keeps)).private)).toBe('{"seen":1}');
    const changes = await configured({ read: async () => ({ state: null, private: null }) });
    const reply = await read(changes);
    expect(decodeObject(schema, reply.newState)).toBeNull();
    expect(reply.private).toHaveLength(0);
  });

  it("gives back what there was when it fails", async () => {
    const client = await configured({
      read: async () => {
        throw new Error("boom");
      },
    });
    const reply = await read(client);
    expect(decodeObject(schema, reply.newState)).toMatchObject({ id: "1" });
    expect(textOf(reply.private)).toBe('{"seen":1}');
    expect(summaries(reply)).toEqual(["Could not read x_thing"]);
  });

  it("waits for a configuration that is not known yet", async () => {
    const client = openClient(providerOf({ read: async () => ({ state: null }) }));
    await configure(client, { key: UNKNOWN });
    expect(decodeObject(schema, (await read(client)).newState)).toMatchObject({ id: "1" });
    const applied = await apply(client, { planned });
    expect(applied.diagnostics?.[0]?.detail).toContain("configuration is not known yet");
  });
});

describe("a plan", () => {
  const plan = (client: Client, sides: Change & { readonly proposed: unknown }) => {
    const request = {
      typeName: "x_thing",
      priorState: encodeObject(schema, sides.prior ?? null),
      proposedNewState: encodeObject(schema, sides.proposed),
      config: encodeObject(schema, sides.config),
      priorPrivate: new Uint8Array(),
    };
    return client.call("PlanResourceChange", ["PlanRequest", request], "PlanResponse");
  };
  const config = { ...EMPTY, name: "a" };

  it("calls a throw an error", async () => {
    const client = await configured({
      plan: () => {
        throw new Error("boom");
      },
    });
    expect(summaries(await plan(client, { proposed: config, config }))).toEqual([
      "Could not plan x_thing",
    ]);
  });

  it("does not accept a value for what is neither configured nor computed", async () => {
    const client = await configured({
      plan: ({ proposed }) => ({ planned: { ...proposed, size: 3 } }),
    });
    const reply = await plan(client, { proposed: config, config });
    expect(reply.diagnostics?.[0]?.detail).toContain("- size");
  });

  it("drops write-only values and marks what is computed on create only", async () => {
    const seen: Tree[] = [];
    const client = await configured({
      plan: ({ proposed }) => {
        seen.push(proposed);
        return { planned: proposed };
      },
    });
    await plan(client, { proposed: { ...config, pass: "x" }, config: { ...config, pass: "x" } });
    const prior = { ...config, id: null };
    await plan(client, { prior, proposed: prior, config });
    expect(seen.map(({ id, pass }) => [id, pass])).toEqual([
      [UNKNOWN, null],
      [null, null],
    ]);
  });
});

describe("the rest of the protocol", () => {
  it("is refused by name where it is not known", async () => {
    const client = await configured({});
    const call = (method: string) => client.call(method, ["Empty", {}], "Empty");
    await expect(call("GetResourceIdentitySchemas")).rejects.toMatchObject({
      code: "unimplemented",
    });
    await expect(call("toString")).rejects.toMatchObject({ code: "unimplemented" });
    await expect(call("ReadResource")).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it("gives a stored state of the same version back byte for byte", async () => {
    const client = await configured({});
    const json = new TextEncoder().encode('{"size": 1e400, "unheard": [ ]}');
    const request = { typeName: "x_thing", version: 2, rawState: { json } };
    const reply = await client.call(
      "UpgradeResourceState",
      ["UpgradeRequest", request],
      "UpgradeResponse",
    );
    expect(reply.upgradedState?.json).toEqual(json);
  });

  it("says that it can do what Terraform asks for", async () => {
    const client = await configured({});
    const reply = await client.call("GetProviderSchema", ["Empty", {}], "SchemasResponse");
    expect(reply.serverCapabilities).toEqual({
      planDestroy: true,
      getProviderSchemaOptional: true,
      moveResourceState: true,
    });
    expect(reply.resourceSchemas.get("x_thing")?.version).toBe(2);
    const names = await client.call("GetMetadata", ["Empty", {}], "MetadataResponse");
    expect(names.resources).toEqual([{ typeName: "x_thing" }]);
  });

  it("refuses write-only values where Terraform does not know them", async () => {
    const client = await configured({});
    const config = encodeObject(schema, { ...EMPTY, name: "a", pass: "x" });
    const ask = async (writeOnlyAttributesAllowed: boolean) =>
      summaries(
        await client.call(
          "ValidateResourceConfig",
          [
            "ValidateRequest",
            {
              typeName: "x_thing",
              config,
              clientCapabilities: { deferralAllowed: false, writeOnlyAttributesAllowed },
            },
          ],
          "DiagnosticsResponse",
        ),
      );
    expect(await ask(true)).toEqual([]);
    expect(await ask(false)).toEqual(["This Terraform has no write-only attributes"]);
  });
});
