// The documents that docs/reference/json.md describes: what commands write has those fields.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { openStage, snapshotsOf, type Stage } from "./stage.ts";

const page = readFileSync("docs/reference/json.md", "utf8");

/** The fields that the page names for a kind. */
function documented(kind: string): readonly string[] {
  const row = page.split("\n").find((line) => line.split("|")[2]?.trim() === `\`${kind}\``);
  const cell = (row?.split("|")[3] ?? "").replace(/\([^)]*\)/g, "").replace(/: [^,`]*/g, "");
  return [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? "");
}

describe.concurrent("a JSON document", () => {
  let stage: Stage;
  let id: string;

  beforeAll(async () => {
    stage = openStage();
    await stage.makeTable("docs", 10);
    await stage.snapform("apply", "--yes");
    id = (await snapshotsOf(stage))[0]?.snapshot.id ?? "";
  });

  test.each([
    ["validate", "validation"],
    ["synth", "synth"],
    ["status", "status"],
    ["explain policy.nightly", "explanation"],
    ["snapshots list", "snapshots"],
    ["adopt --from-repository --dry-run", "adoption"],
    ["repository list", "repositories"],
    ["repository list vault", "repository"],
    ["repository check vault", "repository-check"],
    ["repository prune vault --dry-run", "repository-prune"],
    ["state list", "state"],
    ["state show policy.nightly", "state-records"],
    ["schema", "schemas"],
    ["version", "version"],
  ])("of %s has the fields that are documented", async (line, kind) => {
    const { status, stdout } = await stage.snapform(...line.split(" "), "--json");
    expect(status).toBe(0);
    const { formatVersion, kind: told, ...content } = JSON.parse(stdout) as Record<string, unknown>;
    expect([formatVersion, told]).toEqual([1, kind]);
    expect(Object.keys(content).toSorted()).toEqual(documented(kind).toSorted());
  });

  test("of a snapshot has its fields, and a failure its own", async () => {
    const shown = await stage.snapform("snapshots", "show", id, "--json");
    expect(JSON.parse(shown.stdout)).toMatchObject({ kind: "snapshot", snapshot: { id } });
    const failed = await stage.snapform("snapshots", "show", "nope", "--json");
    expect([failed.status, failed.stdout]).toEqual([1, ""]);
    expect(JSON.parse(failed.stderr)).toMatchObject({
      formatVersion: 1,
      kind: "failure",
      error: { code: "not-found", hint: expect.any(String), address: null },
      diagnostics: [],
    });
  });

  test("comes line by line from what does something", async () => {
    const { status, stdout } = await stage.snapform("run", "policy.nightly", "--yes", "--json");
    const lines = stdout.trimEnd().split("\n");
    const documents = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const types = documents.map(({ type }) => type).filter((type) => type !== "progress");
    expect([status, types]).toEqual([0, ["plan", "started", "finished", "swept", "result"]]);
    const { formatVersion, type, ...result } = documents.at(-1) ?? {};
    expect([formatVersion, type]).toEqual([1, "result"]);
    expect(Object.keys(result).toSorted()).toEqual([
      "acknowledge",
      "counts",
      "elapsedMs",
      "exit",
      "isCancelled",
      "outcomes",
    ]);
  });
});
