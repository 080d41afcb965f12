import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { isSnapformError } from "../../../src/errors/index.ts";
import type { SnapformError } from "../../../src/errors/index.ts";
import { emptyState } from "../../../src/ledger/state.ts";
import { formatState, parseState } from "../../../src/state/parse.ts";
import { hash } from "node:crypto";
import { fullState, intentRecord, restoreRecord } from "../ledger/samples.ts";

const schemaPath = new URL("../../../schemas/state.schema.json", import.meta.url);
const schema = JSON.parse(readFileSync(schemaPath, "utf8")) as object;
const matchesSchema = new Ajv2020({ allErrors: true }).compile(schema);

function failureOf(text: string): SnapformError {
  try {
    parseState(text, "state.json");
  } catch (error) {
    if (isSnapformError(error)) return error;
    throw error;
  }
  throw new Error("it was read");
}

/** A document with a right digest, whatever is in it. */
function sealed(content: object): string {
  return JSON.stringify({
    ...content,
    digest: `sha256:${hash("sha256", JSON.stringify(content))}`,
  });
}

const restoring = {
  ...fullState(),
  intents: {
    "a-1": {
      ...intentRecord,
      kind: "restore",
      runId: "r-1",
      plan: { ...intentRecord.plan, restore: restoreRecord },
    },
  },
} as const;

const good = [
  ["an empty state", emptyState("l", "p", "2026-01-01T00:00:00Z")],
  ["a state with an entry in every table", fullState()],
  ["a state with a restore on its way", restoring],
  [
    "odd names",
    { ...fullState(), clusters: { 'a"\u2028b 7': { identity: "" }, 7: { identity: "x" } } },
  ],
] as const;

describe("a state document", () => {
  it.each(good)("comes back as it was: %s", (_, state) => {
    expect(parseState(formatState(state), "state.json")).toEqual(state);
  });

  it.each(good)("fits the published schema: %s", (_, state) => {
    matchesSchema(JSON.parse(formatState(state)));
    expect(matchesSchema.errors).toBeNull();
  });

  it("has one line per entry", () => {
    expect(formatState(fullState()).split("\n")).toContainEqual(
      expect.stringMatching(/^ {4}"s-1": \{"id":"s-1",.*\}$/),
    );
  });

  it("may be laid out anew without being taken for altered", () => {
    const text = formatState(fullState());
    const tidied = JSON.stringify(JSON.parse(text), null, 8);
    expect(parseState(tidied, "state.json")).toEqual(fullState());
  });

  it("is refused wherever it was cut off", () => {
    const text = formatState(fullState()).trimEnd();
    for (let length = 0; length < text.length; length += 1) {
      expect(failureOf(text.slice(0, length)).code).toBe("corrupt");
    }
  });

  it("is refused when any character of its values was changed", () => {
    const text = formatState(emptyState("lineage-1", "project-1", "2026-01-01T00:00:00Z"));
    for (let index = 0; index < text.length; index += 1) {
      if (/\s/.test(text[index] ?? "")) continue;
      const altered = `${text.slice(0, index)}~${text.slice(index + 1)}`;
      expect(failureOf(altered).code, altered).toBe("corrupt");
    }
  });

  it("of a newer format is refused with the version, not called damaged", () => {
    const error = failureOf(JSON.stringify({ formatVersion: 2, anything: [] }));
    expect(error.code).toBe("corrupt");
    expect(error.message).toBe(
      "state.json was written by a newer snapform: it has state format 2, " +
        "and this one knows formats up to 1",
    );
    expect(error.hint).toContain("Use that version");
  });

  it("that is damaged names the file, the problem and the way out", () => {
    const error = failureOf("{");
    expect(error.message).toBe("state.json is damaged: it is cut off, or not JSON");
    expect(error.hint).toContain("snapform adopt --from-repository");
  });
});

const full = fullState();
const snapshot = full.snapshots["s-1"];
const bad: readonly (readonly [string, object, string])[] = [
  ["an unknown key", { ...full, extra: 1 }, ".extra: expected nothing"],
  ["a missing key", { ...full, serial: undefined }, ".serial: expected a value"],
  ["a wrong number", { ...full, serial: -1 }, ".serial: expected a whole number from 0"],
  ["a number that is too large", { ...full, serial: 1e300 }, ".serial: expected a whole number"],
  ["an empty lineage", { ...full, lineage: "" }, ".lineage: expected a string that is not empty"],
  ["a wrong instant", { ...full, lastSeenAt: "today" }, ".lastSeenAt: expected an instant"],
  ["a list for a table", { ...full, runs: [] }, ".runs: expected an object"],
  ["an empty name", { ...full, clusters: { "": { identity: "x" } } }, '.clusters[""]: expected'],
  [
    "a wrong member deep inside",
    { ...full, snapshots: { "s-1": { ...snapshot, pinned: "no" } } },
    '.snapshots["s-1"].pinned: expected true or false',
  ],
  [
    "an unknown member deep inside",
    { ...full, snapshots: { "s-1": { ...snapshot, more: 1 } } },
    '.snapshots["s-1"].more: expected nothing',
  ],
  [
    "a rule that is none",
    { ...full, policies: { p: { ...full.policies["policy.nightly"], retention: { last: 0 } } } },
    '.policies.p.retention.last: expected a whole number from 1, or "all"',
  ],
  [
    "an unknown kind of intent",
    { ...full, intents: { "a-1": { ...intentRecord, kind: "erase" } } },
    '.intents["a-1"].kind: expected "create" or "copy" or "restore" or "expire"',
  ],
  [
    "an unknown place",
    {
      ...full,
      intents: {
        "a-1": { ...intentRecord, plan: { ...intentRecord.plan, places: ["cluster", "moon"] } },
      },
    },
    '.intents["a-1"].plan.places[1]: expected cluster or repository.NAME',
  ],
];

describe("a state document with a right digest is refused by the schema and the parser alike", () => {
  it.each(bad)("for %s", (_, content, message) => {
    expect(failureOf(sealed(content)).message).toContain(message);
    expect(matchesSchema(JSON.parse(sealed(content)))).toBe(false);
  });

  it("for an entry under another's name, which only the parser sees", () => {
    const content = { ...full, snapshots: { other: snapshot } };
    expect(failureOf(sealed(content)).message).toContain(".snapshots.other.id: expected the name");
  });
});
