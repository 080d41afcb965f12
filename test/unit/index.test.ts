import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

import {
  formatPlanFile,
  nextRuns,
  parsePlanFile,
  planConfig,
  planPolicy,
  previousRun,
  retain,
  SnapformError,
  survey,
  type Desired,
  type Inventory,
} from "../../src/index.ts";

const now = new Date("2026-11-21T08:00:00Z");

const desired: Desired = {
  project: "search",
  clusters: [],
  repositories: [],
  policies: [
    {
      name: "nightly",
      cluster: "prod",
      collections: ["docs"],
      schedule: { cron: "0 2 * * *", timezone: "UTC" },
      retention: { keepAll: false, rules: { last: 3 }, minKeep: 1 },
      repository: "vault",
      keepOnCluster: 1,
      description: null,
    },
  ],
  snapshots: [],
  restores: [],
  moved: [],
  removed: [],
  fingerprint: "f".repeat(64),
};

const inventory: Inventory = {
  observedAt: now.toISOString(),
  clusters: [
    {
      name: "prod",
      engine: "lancedb",
      topology: null,
      nodes: [],
      notices: [],
      restoreProblem: null,
      reachable: true,
      identity: "dir-1",
      version: null,
      capabilities: {
        engine: "lancedb",
        create: "capture",
        scope: "collection",
        copyOut: false,
        idempotentCreate: true,
        survivesClusterLoss: true,
        tellsCollectionsApart: true,
        restore: {
          newCollection: true,
          isExclusive: true,
          inPlace: true,
          overwrite: true,
          alias: false,
        },
        pin: "own",
        checks: ["hashes", "count", "deep"],
        concurrency: 2,
      },
      collections: [
        {
          name: "docs",
          identity: "d",
          points: 9,
          bytes: 90,
          aliases: [],
          layout: null,
          problem: null,
        },
      ],
      problem: null,
    },
  ],
  repositories: [{ name: "vault", status: "new", id: null, undoMs: 0, problem: null }],
  snapshots: [],
  trash: [],
};

describe("the library", () => {
  test("retain partitions snapshots into kept ones with reasons and expired ones", () => {
    const retention = retain({
      snapshots: [
        { id: "a", createdAt: "2026-11-19T02:00:00Z" },
        { id: "b", createdAt: new Date("2026-11-20T02:00:00Z") },
        { id: "c", createdAt: "2026-11-21T02:00:00Z" },
      ],
      rules: { last: 2 },
      timezone: "UTC",
      now,
    });
    expect(retention).toEqual({
      kept: [
        { id: "c", reasons: ["last"] },
        { id: "b", reasons: ["last"] },
      ],
      expired: [{ id: "a" }],
    });
  });

  test("nextRuns and previousRun tell when a schedule runs, as dates", () => {
    const schedule = { cron: "0 2 * * *", timezone: "Europe/Berlin" };
    expect(nextRuns(schedule, { from: now, count: 2 })).toEqual([
      new Date("2026-11-22T01:00:00Z"),
      new Date("2026-11-23T01:00:00Z"),
    ]);
    expect(previousRun(schedule, { before: now })).toEqual(new Date("2026-11-21T01:00:00Z"));
  });

  test("planConfig plans what is wanted over what exists", () => {
    const plan = planConfig(desired, inventory, null, now);
    expect(plan.summary).toMatchObject({ create: 1, expire: 0, keep: 0 });
    expect(plan.actions[0]).toMatchObject({
      kind: "create",
      address: 'policy.nightly["prod/docs"]',
      scheduledFor: "2026-11-21T02:00:00.000Z",
    });
    expect(parsePlanFile(formatPlanFile(plan), "a.plan")).toEqual(plan);
  });

  test("planPolicy plans one resource with the same code", () => {
    const [policy] = desired.policies;
    const view = survey({ project: "search", inventory, state: null, now, moved: [] });
    expect(policy && planPolicy(policy, view).actions).toEqual(
      planConfig(desired, inventory, null, now).actions,
    );
  });

  test("failures are of one class with a code", () => {
    expect(() => parsePlanFile("{}", "a.plan")).toThrow(SnapformError);
  });
});

describe("docs/library.md", () => {
  const root = join(import.meta.dirname, "..", "..");
  const scratch = mkdtempSync(join(tmpdir(), "snapform-library-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const page = readFileSync(join(root, "docs", "library.md"), "utf8");
  const blocks = [...page.matchAll(/```ts\n([^]*?)```\n\n```text\n([^]*?)```/g)];

  test("has examples", () => {
    expect(blocks.length).toBeGreaterThanOrEqual(4);
  });

  test.each(blocks.map(([, code = "", output = ""]) => [code.split("\n")[0], code, output]))(
    "prints what it says: %s",
    (_, code = "", output) => {
      const library = JSON.stringify(join(root, "src", "index.ts"));
      const file = join(scratch, "example.ts");
      writeFileSync(file, code.replaceAll(/"snapform"/g, library));
      writeFileSync(join(scratch, "package.json"), '{ "type": "module" }\n');
      writeFileSync(join(scratch, "snapform.yaml"), configuration);
      const printed = execFileSync(process.execPath, [file], { cwd: scratch, encoding: "utf8" });
      expect(printed).toBe(output);
    },
  );
});

/** What the examples of the page that open a configuration find. */
const configuration = `version: 1
project: search
clusters: { local: { engine: lancedb, uri: ./data } }
repositories: { vault: { type: filesystem, path: ./vault } }
policies:
  nightly:
    cluster: local
    collections: ["*"]
    schedule: { cron: "0 2 * * *" }
    retention: { last: 3 }
    repository: vault
`;
