import { describe, expect, it } from "vitest";
import { FIELDS } from "../../../../src/terraform/wire/fields.ts";
import type { Messages } from "../../../../src/terraform/wire/messages.ts";
import { decodeMessage, encodeMessage } from "../../../../src/terraform/wire/protobuf.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("protobuf", () => {
  it("writes as the specification has it", () => {
    const diagnostic = encodeMessage("Diagnostic", { severity: 1, summary: "a", detail: "" });
    expect(diagnostic).toEqual(bytes(0x08, 1, 0x12, 1, 0x61));
    expect(encodeMessage("Step", { elementKeyInt: 300 })).toEqual(bytes(0x18, 0xac, 0x02));
    expect(encodeMessage("HealthResponse", { status: -1 })).toHaveLength(11);
  });

  it("leaves out what is empty, but not what is present and empty", () => {
    expect(encodeMessage("Diagnostic", { severity: 0, summary: "", detail: "" })).toHaveLength(0);
    expect(encodeMessage("Step", { elementKeyInt: 0 })).toEqual(bytes(0x18, 0));
    expect(encodeMessage("FunctionError", { text: "", functionArgument: 0 })).toEqual(
      bytes(0x10, 0),
    );
    expect(encodeMessage("Step", { attributeName: "" })).toEqual(bytes(0x0a, 0));
  });

  it("fills what is missing in a request", () => {
    expect(decodeMessage("ValidateRequest", bytes())).toEqual({
      typeName: "",
      config: undefined,
      clientCapabilities: undefined,
    });
    expect(decodeMessage("CallFunctionRequest", bytes())).toEqual({ name: "", arguments: [] });
  });

  it("skips fields of any kind that it does not know", () => {
    const strange = [0xf8, 0x07, 0x05, 0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8, 0xfa, 0x07, 1, 9];
    const known = [0x0a, 1, 0x78, 0xfd, 0x07, 1, 2, 3, 4];
    expect(decodeMessage("ImportRequest", bytes(...strange, ...known))).toMatchObject({
      typeName: "x",
    });
  });

  it("reads back nested messages, lists and maps", () => {
    const attribute = {
      name: "a",
      type: bytes(1, 2),
      description: "é",
      required: true,
      optional: false,
      computed: false,
      sensitive: true,
      descriptionKind: 1,
      deprecated: false,
      nestedType: undefined,
      writeOnly: true,
    };
    const block = {
      version: 3,
      attributes: [attribute, { ...attribute, name: "b" }],
      blockTypes: [],
      description: "",
      descriptionKind: 0,
    };
    const message = {
      functions: new Map(),
      provider: { version: 3, block },
      resourceSchemas: new Map([
        ["x", { version: 0, block }],
        ["__proto__", { version: 1, block }],
      ]),
      dataSourceSchemas: new Map(),
      serverCapabilities: {
        planDestroy: true,
        getProviderSchemaOptional: false,
        moveResourceState: true,
      },
    } as unknown as Messages["SchemasResponse"];
    expect(decodeMessage("SchemasResponse", encodeMessage("SchemasResponse", message))).toEqual(
      message,
    );
  });

  it.each([
    ["a text that ends too early", bytes(0x0a, 5, 0x61), "ends too early"],
    ["a number without end", new Uint8Array(12).fill(0xff), "number without end"],
    ["a field of no kind", bytes(0xf7, 0x07), "field of no kind"],
  ])("refuses %s", (_what, broken, message) => {
    expect(() => decodeMessage("ImportRequest", broken)).toThrow(message);
  });

  it("gives each field of a message a number of its own", () => {
    for (const fields of Object.values(FIELDS)) {
      const numbers = Object.values<readonly [number, ...unknown[]]>(fields).map(
        ([first]) => first,
      );
      expect(new Set(numbers).size).toBe(numbers.length);
    }
  });
});
