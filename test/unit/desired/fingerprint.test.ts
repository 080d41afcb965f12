import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "../../../src/config/load-config.ts";

type Sections = Readonly<Record<string, unknown>>;

const head = { version: 1, project: "demo" };
const sections: Sections = {
  clusters: {
    local: { engine: "lancedb", uri: "./data" },
    prod: { engine: "qdrant", nodes: ["http://q:6333"], apiKey: "${env:KEY}" },
  },
  repositories: { vault: { type: "filesystem", path: "vault" } },
  policies: {
    nightly: {
      cluster: "prod",
      collections: ["*", "!tmp"],
      schedule: { cron: "0 2 * * *" },
      retention: { last: 3, daily: "${env:DAYS}" },
      repository: "vault",
    },
    weekly: {
      cluster: "local",
      collections: ["*"],
      schedule: { cron: "0 2 * * 0", timezone: "Europe/Berlin" },
      retention: "keep",
    },
  },
  moved: [
    { from: "policy.a", to: "policy.nightly" },
    { from: "policy.b", to: "policy.weekly" },
  ],
  removed: { "policy.old": { deleteSnapshots: true } },
};

const env = { KEY: "one", DAYS: "7" };

function fingerprint(
  texts: readonly (readonly [path: string, content: unknown])[],
  variables: Readonly<Record<string, string>> = env,
  workingDirectory = "/repo",
): string {
  const files = texts.map(([path, content]) => ({
    path,
    text: typeof content === "string" ? content : stringify(content),
  }));
  const { desired, diagnostics } = loadConfig({ files, env: variables, workingDirectory });
  if (desired === null) throw new Error(JSON.stringify(diagnostics, null, 1));
  return desired.fingerprint;
}

const whole: Sections = { ...head, ...sections };
const base = fingerprint([["snapform.yaml", whole]]);

/** Every map of the value, with its keys in another order. */
function shuffled(value: unknown, order: readonly number[]): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, order));
  if (typeof value !== "object" || value === null) return value;
  const weight = (index: number): number => order[index % order.length] ?? 0;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each], index) => [weight(index), key, shuffled(each, order)] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, key, each]) => [key, each]),
  );
}

const orders = fc.array(fc.integer(), { minLength: 1, maxLength: 9 });

describe("the fingerprint", () => {
  test("is SHA-256 in hexadecimal", () => {
    expect(base).toMatch(/^[0-9a-f]{64}$/);
  });

  test("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(orders, (order) => {
        expect(fingerprint([["snapform.yaml", shuffled(whole, order)]])).toBe(base);
      }),
    );
  });

  test("does not depend on how the configuration is split over files", () => {
    const parts = Object.entries(sections).flatMap(([key, section]): Sections[] => {
      return Array.isArray(section)
        ? section.map((each: unknown) => ({ [key]: [each] }))
        : Object.entries(section as Sections).map(([name, each]) => ({ [key]: { [name]: each } }));
    });
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: parts.length }), (some) => {
        const files = some.map((part, index) => [`part-${index}.yaml`, part] as const);
        expect(fingerprint([["snapform.yaml", head], ...files])).toBe(base);
      }),
    );
  });

  test("does not depend on comments, shorthands or defaults written out", () => {
    const text = `# a comment\n${stringify(whole)}`
      .replace("http://q:6333", "{ url: http://q:6333 }")
      .replace("retention: keep", "retention: { keepAll: true }")
      .replace("cron: 0 2 * * *\n", 'cron: "0 2 * * *"\n      timezone: UTC\n')
      .replace("last: 3", 'last: "3"');
    expect(text).toContain("timezone: UTC");
    expect(fingerprint([["snapform.yaml", text]])).toBe(base);
  });

  test("is the same on every checkout, however the file is named", () => {
    expect(fingerprint([["deep/down/snapform.yaml", whole]], env, "/elsewhere")).toBe(base);
  });

  test("is the same when a part with relative paths moves with them into a folder", () => {
    const others: Sections = { ...whole, repositories: undefined };
    const part = { repositories: { vault: { type: "filesystem", path: "../vault" } } };
    const files = [
      ["snapform.yaml", others],
      ["sub/part.yaml", part],
    ] as const;
    expect(fingerprint(files)).toBe(base);
  });

  test("leaves secrets out and takes plain values in", () => {
    expect(fingerprint([["snapform.yaml", whole]], { ...env, KEY: "two" })).toBe(base);
    expect(fingerprint([["snapform.yaml", whole]], { ...env, DAYS: "8" })).not.toBe(base);
  });

  test.each([
    ["cluster", /local:/, "loca1:"],
    ["path", "path: vault", "path: vault2"],
    ["pattern", '"!tmp"', '"!tmq"'],
    ["zone", "Europe/Berlin", "Europe/Paris"],
    ["removal", "deleteSnapshots: true", "deleteSnapshots: false"],
  ])("changes with what is wanted: %s", (name, before, after) => {
    let text = stringify(whole).replace(before, after);
    if (name === "cluster") text = text.replace("cluster: local", "cluster: loca1");
    expect(fingerprint([["snapform.yaml", text]])).not.toBe(base);
  });
});
