import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { planJson } from "../../../src/cli/views/plan-json.ts";
import { planMarkdown } from "../../../src/cli/views/plan-markdown.ts";
import { planHuman } from "../../../src/cli/views/plan-human.ts";
import { styleOf } from "../../../src/cli/text/style.ts";
import { zonesOf } from "../../../src/cli/text/instants.ts";
import type { DesiredRestore } from "../../../src/desired/desired.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { days, desiredOf, inventoryOf, planOf, snapshotOf } from "./made-plans.ts";

const restore: DesiredRestore = {
  name: "staging",
  from: { kind: "policy", policy: "nightly", cluster: "prod", collection: "docs", at: "latest" },
  to: {
    cluster: "prod",
    collection: "docs-de",
    ifExists: "replace",
    alias: null,
    aliases: false,
    keepReplacedMs: 604_800_000,
  },
  refresh: "once",
  check: "count",
};

/** Text that would forge lines, colours, tables, mentions or markup. */
const hostile =
  "x\n- forged\u001b[31m\u202e|`<b>@octocat #1 https://evil.example ![i](j) *b*\u0007";

const plans: Readonly<Record<string, Plan>> = {
  empty: planOf(inventoryOf({})),
  "no-changes": planOf(inventoryOf({ docs: days(0, 6) })),
  typical: planOf(
    inventoryOf({ docs: days(1, 9), "docs-de": days(0, 30) }),
    desiredOf({ restores: [restore] }),
  ),
  limited: planOf(inventoryOf({ docs: days(1, 9) }), desiredOf(), {
    only: ["policy.nightly"],
    noExpire: true,
    applicable: false,
  }),
  problems: planOf(
    inventoryOf(
      { docs: days(1, 3) },
      {
        repositories: [
          {
            name: "vault",
            status: "missing",
            id: null,
            undoMs: 0,
            problem: { code: "failed-precondition", message: "/vault is empty: not mounted?" },
          },
        ],
      },
    ),
  ),
  hostile: planOf(
    inventoryOf({ [hostile]: days(1, 9) }, {}),
    desiredOf({ project: "search-backups" }),
  ),
  foreign: planOf(
    inventoryOf(
      { docs: days(0, 2) },
      {
        snapshots: [
          snapshotOf("docs", 0),
          snapshotOf("docs", 1, { owner: null }),
          snapshotOf("docs", 2, {
            owner: { project: "other", lineage: "l2", address: "policy.x" },
          }),
          snapshotOf("docs", 3, {
            owner: { project: "search-backups", lineage: "lost", address: "policy.nightly" },
          }),
        ],
      },
    ),
  ),
};

const cases = Object.entries(plans);
const zones = zonesOf(desiredOf());

function human(plan: Plan, columns = 80, verbose = false, isColoured = false): string {
  const screen = { columns, style: styleOf(isColoured) };
  return planHuman(plan, { screen, zones, sources: {}, verbose });
}

function big(actionCount: number): Plan {
  const collections = Object.fromEntries(
    days(1, Math.ceil(actionCount / 40)).map((number) => [`collection-${number}`, days(1, 50)]),
  );
  return planOf(inventoryOf(collections));
}

describe("a plan for people", () => {
  test.each(cases)("%s is as reviewed", async (name, plan) => {
    await expect(human(plan)).toMatchFileSnapshot(`expected/plan-${name}.txt`);
  });

  test("lists every kept snapshot when asked to", async () => {
    const text = human(plans["typical"] as Plan, 80, true);
    await expect(text).toMatchFileSnapshot("expected/plan-typical-verbose.txt");
  });

  test("fits a narrow screen", async () => {
    const text = human(plans["typical"] as Plan, 45);
    await expect(text).toMatchFileSnapshot("expected/plan-typical-narrow.txt");
    expect(text.split("\n").filter((line) => line.length > 45)).toEqual([]);
  });

  test.each([40, 50, 60, 80, 120])("never writes wider than %d columns", (columns) => {
    for (const [, plan] of cases) {
      for (const verbose of [false, true]) {
        const wide = human(plan, columns, verbose).split("\n");
        expect(wide.filter((line) => line.length > columns)).toEqual([]);
      }
    }
  });

  test("shows deletions before anything else", () => {
    const text = human(plans["typical"] as Plan);
    expect(text.indexOf("Deletions")).toBeLessThan(text.indexOf("Changes"));
    expect(text.indexOf("Deletions")).toBeGreaterThan(0);
  });

  test("lets no name forge a line, a colour or a direction", () => {
    const text = human(plans["hostile"] as Plan, 200, true);
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(text.split("\n").filter((line) => line.startsWith("- forged"))).toEqual([]);
  });

  test("colours change nothing but colours", () => {
    for (const [, plan] of cases) {
      const coloured = human(plan, 80, true, true);
      // oxlint-disable-next-line no-control-regex
      expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(human(plan, 80, true));
    }
  });

  test("names the hash to acknowledge with, and the meaning of each hazard", () => {
    const plan = plans["typical"] as Plan;
    const text = human(plan);
    expect(text).toContain(`--acknowledge ${plan.acknowledge}`);
    for (const hazard of plan.hazards) {
      if (hazard !== "expires-snapshots") expect(text).toContain(`${hazard}: `);
    }
  });
});

describe("a plan for a pull request", () => {
  test.each(cases)("%s is as reviewed", async (name, plan) => {
    await expect(planMarkdown(plan, zones)).toMatchFileSnapshot(`expected/plan-${name}.md`);
  });

  test.each([100, 2_000, 20_000])("of %d actions stays below GitHub's limit", (count) => {
    const plan = big(count);
    expect(plan.actions.length).toBeGreaterThan(count * 0.9);
    const text = planMarkdown(plan, zones);
    expect(Buffer.byteLength(text)).toBeLessThan(65_536);
    if (count === 20_000) expect(text).toMatch(/… and [\d,]+ more \w+ left out/);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text).toContain("### Recovery points");
  });

  test("of very long names stays below the limit too", () => {
    const name = "n".repeat(5_000);
    const plan = planOf(inventoryOf({ [`${name}1`]: days(1, 50), [`${name}2`]: days(1, 50) }));
    expect(Buffer.byteLength(planMarkdown(plan, zones))).toBeLessThan(65_536);
  });

  test("begins with the marker by which it is found again", () => {
    for (const [, plan] of cases) {
      expect(planMarkdown(plan, zones).split("\n")[0]).toBe("<!-- snapform plan -->");
    }
  });

  test("lets no name break a table, call a person, link or forge markup", () => {
    const text = planMarkdown(plans["hostile"] as Plan, zones);
    const ours = /<\/?(code|details|summary)>|<!-- snapform plan -->|&#\d+;/g;
    const body = text.replaceAll(ours, "");
    expect(body).not.toMatch(/@\w|#\d|https?:\/\/|<(?!\/)[a-z]|!\[/i);
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    const barCounts = new Set(rows.map((line) => line.match(/\|/g)?.length));
    // Tables of seven, five and four columns.
    expect(barCounts).toEqual(new Set([5, 6, 8]));
  });
});

describe("a plan for programs", () => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  const schema = JSON.parse(readFileSync("schemas/plan.schema.json", "utf8")) as object;
  const fits = ajv.compile(schema);

  test.each(cases)("%s fits the published schema", (_name, plan) => {
    fits(JSON.parse(planJson(plan)));
    expect(fits.errors ?? []).toEqual([]);
  });

  test("the schema is closed: what it does not describe does not fit", () => {
    expect(fits({ ...plans["typical"], surplus: 1 })).toBe(false);
  });

  test("the schema describes every field", () => {
    const blank: string[] = [];
    const walk = (node: Record<string, unknown>, path: string): void => {
      for (const [name, field] of Object.entries(node["properties"] ?? {})) {
        const { description, $ref } = field as { description?: string; $ref?: string };
        if (description === undefined && $ref === undefined && !/\$defs.position/.test(path)) {
          blank.push(`${path}.${name}`);
        }
      }
      for (const [key, value] of Object.entries(node)) {
        if (typeof value === "object" && value !== null) walk(value as never, `${path}.${key}`);
      }
    };
    walk(schema as Record<string, unknown>, "");
    expect(blank).toEqual([]);
  });
});
