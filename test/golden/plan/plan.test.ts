/**
 * Cases as folders: config.json, inventory.json, state.json and now make the plan, and each view of
 * it is a file beside them. `UPDATE_GOLDEN=1` writes the files anew; a diff of them is then what
 * there is to review. Another view is another row of `views`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SnapformConfig } from "../../../src/desired/canonical.ts";
import { resolveDesired } from "../../../src/desired/resolve.ts";
import type { State } from "../../../src/ledger/state.ts";
import { planConfig, type PlanOptions } from "../../../src/plan/plan-config.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Inventory } from "../../../src/snapshot/inventory.ts";

interface View {
  readonly file: string;
  readonly render: (plan: Plan) => string;
}

const views: readonly View[] = [
  { file: "plan.json", render: (plan) => `${JSON.stringify(plan, null, 2)}\n` },
];

const folder = import.meta.dirname;
const cases = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

function read<T>(name: string, file: string): T {
  return JSON.parse(readFileSync(join(folder, name, file), "utf8")) as T;
}

function planOf(name: string): Plan {
  const config = read<SnapformConfig>(name, "config.json");
  const options = existsSync(join(folder, name, "options.json"))
    ? read<PlanOptions>(name, "options.json")
    : {};
  return planConfig(
    resolveDesired(config, { folder: "/srv/backups" }),
    read<Inventory>(name, "inventory.json"),
    read<State | null>(name, "state.json"),
    new Date(readFileSync(join(folder, name, "now"), "utf8").trim()),
    options,
  );
}

describe.each(cases)("the plan of %s", (name) => {
  const plan = planOf(name);

  it.each(views)("is as in $file", ({ file, render }) => {
    const path = join(folder, name, file);
    const text = render(plan);
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, "utf8"));
  });
});

it("has cases to look at", () => {
  expect(cases.length).toBeGreaterThanOrEqual(12);
});
