import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeMessage } from "../../../src/terraform/wire/protobuf.ts";
import { decodeObject } from "../../unit/terraform/server/client.ts";
import { connect, thing, thingSchema, type Connected } from "./connect.ts";
import { framed, unframed, type Answer } from "./grpc-client.ts";

const INVALID_ARGUMENT = 3;
const UNIMPLEMENTED = 12;

const method = (name: string): string => `/tfplugin6.Provider/${name}`;
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

describe.skipIf(process.platform === "win32")("a malformed request", () => {
  let connected: Connected;

  beforeAll(async () => {
    connected = await connect();
  });
  afterAll(async () => {
    await connected.provider.close();
  });

  const send = (path: string, body: Uint8Array, headers = {}): Promise<Answer> =>
    connected.client.send(path, body, headers);

  /** The same connection still works: nothing of what came before is left in it. */
  const works = async (): Promise<void> => {
    const { status } = await send(method("GetProviderSchema"), framed(bytes()));
    expect(status).toBe(0);
    expect(connected.provider.isAlive()).toBe(true);
  };

  it.each([
    ["of no bytes", Buffer.alloc(0), INVALID_ARGUMENT, "no single whole message"],
    ["shorter than a frame", Buffer.alloc(4), INVALID_ARGUMENT, "no single whole message"],
    ["of less than it says", framed(bytes(8, 1), 0, 3), INVALID_ARGUMENT, "whole message"],
    ["of more than it says", framed(bytes(8, 1), 0, 1), INVALID_ARGUMENT, "whole message"],
    ["of 4 GB, as it says", framed(bytes(), 0, 0xffffffff), INVALID_ARGUMENT, "whole message"],
    ["of two messages", Buffer.concat([framed(bytes()), framed(bytes())]), 3, "whole message"],
    ["that is compressed", framed(bytes(8, 1), 1), UNIMPLEMENTED, "compressed"],
  ])("is refused: a frame %s", async (_what, body, status, message) => {
    const answer = await send(method("ImportResourceState"), body);
    expect(answer).toMatchObject({ httpStatus: 200, status });
    expect(answer.message).toContain(message);
    expect(answer.body).toHaveLength(0);
    await works();
  });

  it.each([
    ["a text that is cut off", bytes(0x0a, 9, 0x61), "ends too early"],
    ["a length that is cut off", bytes(0x0a), "ends too early"],
    [
      "a length of more than all memory",
      bytes(0x0a, ...new Uint8Array(9).fill(0xff), 1),
      "too early",
    ],
    ["a number without end", new Uint8Array(11).fill(0xff), "number without end"],
    ["a group, which proto3 has not", bytes(0x0b, 0x0c), "field of no kind"],
    ["a field of no number", bytes(0x02, 0), "field of no kind"],
    ["a field of a number above all", bytes(0x8a, 0x80, 0x80, 0x80, 0x10, 0), "field of no kind"],
  ])("is refused: protobuf with %s", async (_what, body, message) => {
    const answer = await send(method("ImportResourceState"), framed(body));
    expect(answer.status).toBe(INVALID_ARGUMENT);
    expect(answer.message).toContain(message);
    await works();
  });

  it("is not one that has fields of other numbers or other kinds: they are skipped", async () => {
    const known = encodeMessage("ImportRequest", { typeName: "example_thing", id: "nowhere" });
    const strange = [
      [0xf8, 0x07, 5],
      [0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8],
      [0xfa, 0x07, 2, 0xff, 0xff],
      [0xfd, 0x07, 1, 2, 3, 4],
      // The number of `id` as an integer and as eight bytes.
      [0x10, 7],
      [0x11, 1, 2, 3, 4, 5, 6, 7, 8],
    ].flat();
    const body = framed(Buffer.concat([bytes(...strange), known, bytes(...strange)]));
    const answer = await send(method("ImportResourceState"), body);
    expect(answer.status).toBe(0);
    expect(Buffer.from(unframed(answer.body)).toString()).toContain("There is no thing nowhere.");
  });

  it.each([
    ["cut off", [0x8b, 0xa2, 0x69]],
    ["that goes on after its end", [0xc0, 0xc0]],
    ["with a tag that nobody has", [0xc1]],
    ["with a list of 4 billion", [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ["nested 10 000 deep", [...new Uint8Array(10_000).fill(0x91)]],
    ["with a key that is no text", [0x81, 0x01, 0x01]],
    ["of another type", [0x93, 1, 2, 3]],
    ["with a member of another type", [0x81, 0xa4, ...Buffer.from("name"), 0xc3]],
  ])("is refused, and what Terraform has is kept: msgpack %s", async (_what, broken) => {
    const { client } = connected;
    const config = { msgpack: bytes(...broken) };
    const typed = { typeName: "example_thing", config };
    const checked = await send(
      method("ValidateResourceConfig"),
      framed(encodeMessage("ValidateRequest", typed)),
    );
    expect(checked.status).toBe(INVALID_ARGUMENT);
    const prior = thing({ id: "example_thing-a", name: "a", revision: 1 });
    const changed = await client.call(
      "ApplyResourceChange",
      ["ApplyRequest", { ...typed, priorState: prior, plannedState: prior }],
      "ApplyResponse",
    );
    expect(decodeObject(thingSchema, changed.newState)).toMatchObject({ id: "example_thing-a" });
    expect(changed.diagnostics?.map(({ summary }) => summary)).toEqual([
      "Could not read the plan of example_thing",
    ]);
    const read = await client.call(
      "ReadResource",
      ["ReadRequest", { typeName: "example_thing", currentState: config }],
      "ReadResponse",
    );
    expect([...(read.newState?.msgpack ?? [])]).toEqual(broken);
    expect(read.diagnostics?.[0]?.summary).toBe("Could not read example_thing");
    await works();
  });

  it.each([
    method("GetResourceIdentitySchemas"),
    method("OpenEphemeralResource"),
    method(""),
    method("constructor"),
    "/tfplugin5.Provider/GetSchema",
    "/plugin.GRPCController/Unheard",
    "/",
  ])("is unimplemented, not wrong: the method %s", async (path) => {
    const answer = await send(path, framed(bytes()));
    expect(answer).toMatchObject({ httpStatus: 200, status: UNIMPLEMENTED });
    await works();
  });

  it("is refused in a few words, whatever it holds", async () => {
    const typeName = "é%\n".repeat(100_000);
    const body = framed(encodeMessage("ImportRequest", { typeName, id: "" }));
    const answer = await send(method("ImportResourceState"), body);
    expect(answer.status).toBe(INVALID_ARGUMENT);
    expect(answer.message).toMatch(/^no type é%\né%\n/);
    await works();
  });

  it.each([
    [{ "content-type": "application/json" }, 415],
    [{ "content-type": "application/grpc-web+proto" }, 415],
    [{ "content-type": "" }, 415],
    [{ ":method": "PUT" }, 405],
  ])("is refused where it is not gRPC: %j", async (headers, httpStatus) => {
    const answer = await send(method("GetProviderSchema"), framed(bytes()), headers);
    expect(answer).toMatchObject({ httpStatus, status: null });
    expect(answer.body).toHaveLength(0);
    await works();
  });

  it.each(["application/grpc+proto", "application/grpc;charset=utf-8"])(
    "is not one of the content type %s",
    async (type) => {
      const headers = { "content-type": type };
      const answer = await send(method("GetProviderSchema"), framed(bytes()), headers);
      expect(answer).toMatchObject({ httpStatus: 200, status: 0 });
    },
  );
});
