import { readFileSync, readdirSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { describe, expect, test } from "vitest";
import { parsePlanFile } from "../../../src/plan/plan-file.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type {
  CollectionStatus,
  ListedSnapshot,
  Status,
  Workspace,
} from "../../../src/workspace/workspace.ts";
import {
  days,
  desiredOf,
  inventoryOf,
  planOf,
  policyOf,
  snapshotOf,
  stateOf,
} from "./made-plans.ts";
import { session, transcript, type SessionOptions } from "./sessions.ts";

async function shown(args: readonly string[], options: SessionOptions): Promise<string> {
  return transcript(args, await session(args, options));
}

function planning(plan: Plan): Partial<Workspace> {
  return { plan: async () => ({ plan, inventory: inventoryOf({}), state: null }) };
}

const quiet = planOf(inventoryOf({ docs: days(0, 6) }));
const busy = planOf(inventoryOf({ docs: days(1, 9) }));
const troubled: Plan = {
  ...busy,
  problems: [
    {
      address: "policy.nightly",
      cluster: "prod",
      collection: null,
      code: "unavailable",
      message: "cluster prod does not answer",
    },
  ],
};
const faulty: Plan = {
  ...busy,
  diagnostics: [
    {
      severity: "error",
      code: "snapshot-elsewhere",
      summary: "A named snapshot cannot change its collection",
      detail: "It was taken of another one.",
      address: "snapshot.a",
    },
  ],
};

describe("plan", () => {
  test.each([
    ["nothing to do", quiet, [], 0],
    ["something to do", busy, [], 0],
    ["nothing to do, asked in detail", quiet, ["--detailed-exitcode"], 0],
    ["something to do, asked in detail", busy, ["--detailed-exitcode"], 2],
    ["problems", troubled, [], 1],
    ["problems, asked in detail", troubled, ["--detailed-exitcode"], 1],
    ["errors", faulty, [], 1],
  ] as const)("with %s exits as documented", async (_what, plan, flags, status) => {
    const { exitCode, stdout, stderr } = await session(["plan", ...flags], {
      workspace: planning(plan),
    });
    expect([exitCode, stderr]).toEqual([status, ""]);
    expect(stdout).toMatch(/^Plan for project search-backups/);
  });

  test("saves what apply takes, and nothing when it has errors", async () => {
    const saved = await session(["plan", "--out", "a.plan"], { workspace: planning(busy) });
    expect(parsePlanFile(saved.files.get("/project/a.plan") ?? "", "a.plan")).toEqual(busy);
    expect(saved.stdout).toMatch(/snapform apply a\.plan\n$/);
    const failed = await session(["plan", "--out", "a.plan"], { workspace: planning(faulty) });
    expect(failed.files.size).toBe(0);
  });

  test("keeps standard output to the plan alone under --json and --markdown", async () => {
    const args = ["plan", "--out", "a.plan"];
    const asJson = await session([...args, "--json"], { workspace: planning(busy) });
    expect(JSON.parse(asJson.stdout)).toEqual(busy);
    expect(asJson.stderr).toBe("");
    const asComment = await session([...args, "--markdown"], { workspace: planning(busy) });
    expect(asComment.stdout).toMatch(/^<!-- snapform plan -->\n/);
    expect(asComment.stdout).not.toContain("Saved");
  });
});

describe("a configuration with mistakes", () => {
  const source = "version: 1\nproject: x\npolicies:\n\tnightly: { retenion: { last: 3 } }\n";
  const loaded = {
    workspace: null,
    sources: { "snapform.yaml": source },
    diagnostics: [
      {
        severity: "error",
        code: "unknown-key",
        summary: "Unknown key",
        detail: 'A policy has no "retenion". Did you mean "retention"?',
        path: "policies.nightly.retenion",
        range: {
          file: "snapform.yaml",
          start: { line: 4, column: 13 },
          end: { line: 4, column: 21 },
        },
      },
      {
        severity: "warning",
        code: "no-copy",
        summary: "Nothing survives the loss of the cluster",
        detail: "No policy has a repository.",
        address: "policy.nightly",
      },
    ],
  } as const;

  test("is told with its lines on standard error", async () => {
    const text = await shown(["validate"], { loaded });
    await expect(text).toMatchFileSnapshot("expected/validate-mistakes.txt");
  });

  test("is told as JSON where JSON was asked for", async () => {
    const { stdout, stderr, exitCode } = await session(["plan", "--json"], { loaded });
    expect([stdout, exitCode]).toEqual(["", 1]);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: "invalid-argument" },
      diagnostics: loaded.diagnostics,
    });
  });
});

function statusOf(change: Partial<CollectionStatus>): CollectionStatus {
  return {
    address: 'policy.nightly["prod/docs"]',
    cluster: "prod",
    collection: "docs",
    newestRestorable: "2026-11-21T01:00:03Z",
    oldestRestorable: "2026-10-01T00:00:00Z",
    snapshotCount: 14,
    bytes: 1_234_567_890,
    nextRun: "2026-11-22T02:00:00+01:00",
    overdueSince: null,
    lastRun: { status: "succeeded", at: "2026-11-21T01:00:05Z", error: null },
    problem: null,
    ...change,
  };
}

const status: Status = {
  collections: [
    statusOf({}),
    statusOf({
      address: 'policy.nightly["prod/images"]',
      collection: "images",
      overdueSince: "2026-11-21T02:00:00+01:00",
      lastRun: { status: "failed", at: "2026-11-21T01:00:05Z", error: "no space left (disk)" },
    }),
    statusOf({
      address: 'policy.nightly["prod/new"]',
      collection: "new",
      newestRestorable: null,
      oldestRestorable: null,
      snapshotCount: 0,
      bytes: 0,
      lastRun: null,
      problem: "collection new does not exist on cluster prod",
    }),
  ],
  unprotected: ["prod/tmp", "prod/\u001b[31mx"],
  unmanaged: [snapshotOf("docs", 2, { owner: null })],
  damaged: [],
  orphaned: [
    snapshotOf("old", 3, {
      owner: { project: "search-backups", lineage: "lineage-1", address: "policy.weekly" },
    }),
  ],
  repositories: [
    { name: "vault", status: "ok", id: "r1", undoMs: 0, problem: null },
    {
      name: "far",
      status: "unreachable",
      id: null,
      undoMs: 0,
      problem: { code: "unavailable", message: "/far is not mounted" },
    },
  ],
  diagnostics: [],
};

describe("status", () => {
  test.each([50, 80, 140])("fits %d columns", async (columns) => {
    const text = await shown(["status"], { columns, workspace: { status: async () => status } });
    await expect(text).toMatchFileSnapshot(`expected/status-${columns}.txt`);
    expect(text.split("\n").filter((line) => line.length > columns)).toEqual([]);
  });

  test("exits with 1 where something is not protected, else with 0", async () => {
    const run = async (found: Status): Promise<number> =>
      (await session(["status"], { workspace: { status: async () => found } })).exitCode;
    expect(await run(status)).toBe(1);
    const well = { ...status, collections: [statusOf({})], repositories: [] };
    expect(await run(well)).toBe(0);
    expect(await run({ ...well, collections: [statusOf({ snapshotCount: 0 })] })).toBe(1);
    expect(await run({ ...well, repositories: status.repositories })).toBe(1);
  });

  test("is whole as JSON", async () => {
    const { stdout } = await session(["status", "--json"], {
      workspace: { status: async () => status },
    });
    expect(JSON.parse(stdout)).toEqual({ formatVersion: 1, kind: "status", ...status });
  });
});

const listed: readonly ListedSnapshot[] = [
  {
    snapshot: snapshotOf("docs", 0, { pinned: true, description: "before\nv2" }),
    address: 'policy.nightly["prod/docs"]',
    reasons: ["last 1", "daily 1"],
  },
  {
    snapshot: snapshotOf("docs", 9),
    address: 'policy.nightly["prod/docs"]',
    reasons: ["expires: beyond retention"],
  },
  { snapshot: snapshotOf("docs", 10, { owner: null }), address: null, reasons: [] },
];

const repository: Partial<Workspace> = {
  repositoryCheck: async () => ({
    snapshotCount: 2,
    objectCount: 7,
    checkedBytes: 24_000_000,
    damage: [
      {
        kind: "object",
        path: "objects/ab/abcd",
        fault: "altered",
        detail: "its hash is another one",
        snapshots: [{ cluster: "prod", collection: "docs", id: "20261121T010000Z-00000000" }],
      },
    ],
  }),
  repositoryPrune: async () => ({
    removedSnapshots: [{ cluster: "prod", collection: "docs", id: "20261101T010000Z-00000014" }],
    removedObjectCount: 3,
    freedBytes: 5_000_000,
  }),
};

const state = stateOf({
  restores: {
    "restore.staging": {
      address: "restore.staging",
      snapshotId: "20261121T010000Z-00000000",
      cluster: "prod",
      collection: "copy",
      alias: null,
      targetIdentity: null,
      procedure: "new",
      at: "2026-11-21T02:00:00Z",
      check: "count",
      wish: "0123456789abcdef",
      undo: null,
    },
  },
});

const owner = {
  id: "4f2d9c1a",
  fence: 3,
  host: "here",
  bootId: "b",
  pid: 7,
  processStart: "1",
  operation: "apply",
  acquiredAt: "2026-11-21T02:59:00Z",
  expiresAt: "2026-11-21T03:01:00Z",
};

const workspace: Partial<Workspace> = {
  ...repository,
  desired: desiredOf({ policies: [policyOf("nightly")] }),
  snapshots: async () => listed,
  explain: async (address) => ({
    address,
    snapshots: listed,
    nextRuns: ["2026-11-22T02:00:00+01:00", "2026-11-23T02:00:00+01:00"],
    dst: {
      changeAt: "2027-03-28T03:00:00+02:00",
      runs: ["2027-03-27T02:00:00+01:00", "2027-03-28T03:00:00+02:00", "2027-03-29T02:00:00+02:00"],
    },
    notes: ["create of 20261122T010000Z-0 is due: due since 2026-11-22T02:00:00+01:00"],
  }),
  adopt: async () => listed.map(({ snapshot }) => snapshot),
  forget: async () => snapshotOf("docs", 0),
  pin: async () => snapshotOf("docs", 0),
  undelete: async (id) => ({ cluster: "prod", collection: "docs", id }),
  purge: async () => [{ cluster: "prod", collection: "old", id: "20261121T010000Z-00000000" }],
  readState: async () => state,
  statePull: async () => '{"formatVersion":1}\n',
  statePush: async () => state,
  stateRemove: async (key) => [`restores.${key}`],
  lockHolder: async () => owner,
  unlock: async () => owner,
  engineCheck: async (_cluster, onCase) => {
    onCase({ title: "creates a snapshot", status: "passed", detail: null });
    onCase({ title: "moves an alias", status: "skipped", detail: "the engine has no aliases" });
    onCase({ title: "restores", status: "failed", detail: "expected 3 rows, got 2" });
  },
};

const id = "20261121T010000Z-00000000";
const commands: readonly (readonly [readonly string[], number])[] = [
  [["validate"], 0],
  [["snapshots", "list"], 0],
  [["snapshots", "show", id], 0],
  [["snapshots", "show", "20261121"], 0],
  [["snapshots", "show", "2026"], 1],
  [["snapshots", "show", "none"], 1],
  [["explain", "policy.nightly"], 0],
  [["adopt", id], 0],
  [["adopt", "--from-repository", "--dry-run"], 0],
  [["forget", id], 0],
  [["pin", id], 0],
  [["unpin", id], 0],
  [["undelete", id], 0],
  [["purge", "prod/old", "--confirm", "prod/old"], 0],
  [["repository", "list"], 0],
  [["repository", "check", "vault"], 13],
  [["repository", "prune", "vault", "--dry-run"], 0],
  [["state", "list"], 0],
  [["state", "show", "restore.staging"], 0],
  [["state", "show", "constructor"], 1],
  [["state", "pull"], 0],
  [["state", "push", "state.json"], 0],
  [["state", "push", "missing.json"], 1],
  [["state", "rm", "restore.staging"], 0],
  [["unlock", "4f2d9c1a"], 0],
  [["engine", "check", "prod"], 1],
  [["schema"], 0],
  [["run", "policy.weekly", "--yes"], 1],
  [["version"], 0],
];

describe("each command", () => {
  test("says what it did, as reviewed", async () => {
    const parts: string[] = [];
    for (const [args, status] of commands) {
      const result = await session(args, { workspace, files: { "state.json": "{}" } });
      parts.push(transcript(args, result));
      expect([args, result.exitCode]).toEqual([args, status]);
    }
    await expect(parts.join("\n")).toMatchFileSnapshot("expected/commands.txt");
  });

  test("writes JSON documents of one version where asked to, and nothing else", async () => {
    for (const [args, status] of commands) {
      const options = { workspace, files: { "state.json": "{}" } };
      const { stdout, stderr, exitCode } = await session([...args, "--json"], options);
      expect([args, exitCode]).toEqual([args, status]);
      if (args[1] === "pull") continue;
      const documents = args[0] === "engine" ? stdout.trimEnd().split("\n") : [stdout || stderr];
      for (const text of documents) expect(JSON.parse(text)).toMatchObject({ formatVersion: 1 });
    }
  });

  test("fits a narrow screen", async () => {
    for (const [args] of commands) {
      if (args[0] === "schema" || args[1] === "show") continue;
      const { stdout } = await session(args, {
        workspace,
        columns: 60,
        files: { "state.json": "" },
      });
      const wide = stdout.split("\n").filter((line) => line.length > 60);
      // Sentences that end a command are left to the terminal to wrap.
      expect(wide.filter((line) => line.startsWith(" "))).toEqual([]);
    }
  });
});

describe("init", () => {
  const bundled = { "/package/schemas/config.editor.schema.json": "{}" };

  test("writes a commented configuration, and says what is next", async () => {
    const result = await session(["init"]);
    const text = result.files.get("/project/snapform.yaml") ?? "";
    await expect(text).toMatchFileSnapshot("expected/init.yaml.txt");
    expect(parseAllDocuments(text)[0]?.toJS()).toMatchObject({ version: 1, project: "project" });
    expect(result.stdout).toMatch(/snapform plan\n$/);
  });

  test("points editors to the schema of the installation", async () => {
    const path = "node_modules/snapform/schemas/config.editor.schema.json";
    const { files } = await session(["init"], { files: { [path]: "{}" } });
    const [modeline] = (files.get("/project/snapform.yaml") ?? "").split("\n");
    expect(modeline).toBe(`# yaml-language-server: $schema=./${path}`);
  });

  test("writes the schema beside it where asked to", async () => {
    const { files } = await session(["init", "--with-schema"], { files: bundled });
    const [modeline] = (files.get("/project/snapform.yaml") ?? "").split("\n");
    expect(modeline).toBe("# yaml-language-server: $schema=snapform.schema.json");
    expect(files.get("/project/snapform.schema.json")).toBe("{}");
  });

  test("takes the place of the database as it is, whatever is in it", async () => {
    const uri = 'C:\\a "b": {c} # d\n- e';
    const { files } = await session(["init", "--uri", uri]);
    const text = files.get("/project/snapform.yaml") ?? "";
    expect(parseAllDocuments(text)[0]?.toJS()).toMatchObject({
      clusters: { local: { engine: "lancedb", uri } },
    });
  });

  test("never overwrites", async () => {
    const files = { "snapform.yaml": "mine" };
    const result = await session(["init"], { files });
    expect(result.exitCode).toBe(1);
    expect(result.files.get("/project/snapform.yaml")).toBe("mine");
    expect(result.stderr).toContain("exists already");
  });
});

describe("schema", () => {
  test("prints every schema of the package, and each of them can be asked for", async () => {
    const files = readdirSync("schemas").filter((file) => file.endsWith(".json"));
    for (const file of files) {
      const text = readFileSync(`schemas/${file}`, "utf8");
      const name = file.replace(".schema.json", "");
      const { stdout, exitCode } = await session(["schema", name], {
        files: { [`/package/schemas/${file}`]: text },
      });
      expect([name, exitCode]).toEqual([name, 0]);
      expect(stdout).toBe(text);
    }
  });
});
