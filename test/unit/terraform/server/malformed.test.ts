import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSnapformError } from "../../../../src/errors/index.ts";
import { systemClock } from "../../../../src/clock/system-clock.ts";
import { providerServers } from "../../../../src/terraform/server/provider-server.ts";
import { openRedactor } from "../../../../src/terraform/server/redactor.ts";
import { encodeMessage } from "../../../../src/terraform/wire/protobuf.ts";
import { exampleProvider } from "../../../terraform/example-provider.ts";
import { settings } from "../wire/arbitraries.ts";
import { encodeObject } from "./client.ts";

const METHODS = [
  "ValidateProviderConfig",
  "ValidateResourceConfig",
  "ValidateDataResourceConfig",
  "UpgradeResourceState",
  "ReadResource",
  "PlanResourceChange",
  "ApplyResourceChange",
  "ImportResourceState",
  "MoveResourceState",
  "ReadDataSource",
  "CallFunction",
] as const;

const { schema } = exampleProvider.resources["example_kinds"] ?? { schema: { attributes: {} } };
const object = encodeObject(schema, {
  id: "a",
  text: "é",
  numbers: [1, 2.5],
  map: { a: "x" },
  one: { label: "l", level: 3, stamp: "s" },
  many: [{ label: "l", level: null, stamp: null }],
  rule: [{ label: "r", level: 1, step: [] }],
  choice: [],
});

/** Sound as a request of most of the methods; the fields of the others are of the same kinds. */
const sound = encodeMessage("PlanRequest", {
  typeName: "example_kinds",
  priorState: object,
  proposedNewState: object,
  config: object,
  priorPrivate: new TextEncoder().encode('{"a":1}'),
});

interface Damage {
  readonly at: number;
  readonly removed: number;
  readonly added: Uint8Array;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(sound.length),
  removed: fc.nat(8),
  added: fc.uint8Array({ maxLength: 8 }),
});

function damaged({ at, removed, added }: Damage): Uint8Array {
  return Buffer.concat([sound.subarray(0, at), added, sound.subarray(at + removed)]);
}

describe("a malformed request", () => {
  const log = (): void => undefined;
  const open = providerServers(exampleProvider, {
    clock: systemClock,
    log,
    redactor: openRedactor(),
  });

  const answers = async (method: string, request: Uint8Array): Promise<void> => {
    try {
      expect(await open().call(method, request)).toBeInstanceOf(Uint8Array);
    } catch (error) {
      expect(isSnapformError(error) ? error.code : error).toBe("invalid-argument");
    }
  };

  it("is answered or refused for what it is, wherever a sound one was damaged", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...METHODS), damage, async (method, each) => {
        await answers(method, damaged(each));
      }),
      { ...settings, numRuns: 2000 },
    );
  });

  it("is answered or refused for what it is, whatever its bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...METHODS), fc.uint8Array(), answers),
      settings,
    );
  });
});
