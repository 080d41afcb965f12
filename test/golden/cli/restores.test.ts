// Restores over what exists: never by surprise, always with a way back that is true.
import { describe, expect, test } from "vitest";
import { config, hashIn, openStage, plain, rowsOf, snapshotsOf, type Stage } from "./stage.ts";

const inPlace = ["restore", "--policy", "nightly", "--collection", "docs", "--yes"];
const replacing = [...inPlace, "--if-exists", "replace"];

describe.concurrent("a restore onto what exists", () => {
  test("is refused unless it may replace", async () => {
    const stage = await snapshotted();
    await stage.makeTable("other", 4);
    const before = stage.tree("data");
    for (const args of [inPlace, [...inPlace, "--to", "local/other"]]) {
      const { status, stdout } = await stage.snapform(...args);
      expect(status).toBe(3);
      expect(plain(stdout)).toMatch(
        /exists on cluster local; restore into another name, remove it first, .*\(already-exists\)/,
      );
    }
    expect(stage.tree("data")).toEqual(before);
  });

  test("asks for an acknowledgement, saves what was there, and tells a true way back", async () => {
    const stage = await snapshotted();
    await (await stage.table("docs")).add(rowsOf(10, 5));
    const before = stage.tree("data");
    const held = await stage.snapform(...replacing);
    expect(held.status).toBe(3);
    expect(plain(held.stdout)).toContain("overwrites-data: A restore replaces what a live");
    expect(held.stdout).toContain("Nothing done: 2 held back");
    const wrong = await stage.snapform(...replacing, "--acknowledge", "000000000000");
    expect([wrong.status, wrong.stdout]).toEqual([12, ""]);
    expect(plain(wrong.stderr)).toContain("the acknowledgement 000000000000 does not fit");
    expect(stage.tree("data")).toEqual(before);
    expect(await snapshotsOf(stage)).toHaveLength(1);

    const done = await stage.snapform(...replacing, "--acknowledge", hashIn(held));
    expect([done.status, done.stderr]).toEqual([0, ""]);
    expect(done.stdout).toMatch(
      /create local\/docs \S+: done[\s\S]*restore local\/docs \S+: started/,
    );
    expect(await stage.countRows("docs")).toBe(10);
    const [saved, ...others] = await snapshotsOf(stage);
    expect([saved?.address, saved?.snapshot.points?.after]).toEqual(["restore.by-hand", 15]);
    expect(others).toHaveLength(1);

    const version = /To go back: Open the table "docs", checkout\((\d+)\) and restore\(\)/.exec(
      plain(done.stdout),
    )?.[1];
    const table = await stage.table("docs");
    await table.checkout(Number(version));
    await table.restore();
    expect(await stage.countRows("docs")).toBe(15);
    const id = saved?.snapshot.id ?? "";
    const args = ["--repository", "vault", "--cluster", "local", "--collection", "docs"];
    const again = await stage.snapform(
      "restore",
      ...args,
      "--at",
      id,
      "--to",
      "local/docs-saved",
      "--yes",
    );
    expect([again.status, await stage.countRows("docs-saved")]).toEqual([0, 15]);
  });

  test("replaces a table that was dropped and made again only as such", async () => {
    const stage = await snapshotted();
    await stage.dropTable("docs");
    const gone = await stage.snapform("plan");
    expect(gone.status).toBe(1);
    expect(plain(gone.stdout)).toContain("collection docs does not exist on cluster local");
    await stage.makeTable("docs", 4);
    expect((await stage.snapform(...inPlace)).stdout).toContain("(already-exists)");
    const held = await stage.snapform(...replacing);
    expect(held.status).toBe(3);
    const done = await stage.snapform(...replacing, "--acknowledge", hashIn(held));
    expect([done.status, await stage.countRows("docs")]).toEqual([0, 10]);
    const kept = /is kept for 7 days in (\S+): drop "docs" and rename that folder to (\S+)\. /.exec(
      plain(done.stdout),
    );
    const [, from = "", to = ""] = kept ?? [];
    await stage.dropTable("docs");
    const { renameSync } = await import("node:fs");
    renameSync(from, to);
    expect(await stage.countRows("docs")).toBe(4);
  });

  test("into a new name can be undone as it says", async () => {
    const stage = await snapshotted();
    const done = await stage.snapform(...inPlace, "--to", "local/again", "--check", "deep");
    expect(done.status).toBe(0);
    expect(plain(done.stdout)).toContain('Drop the table "again", which did not exist before.');
    await stage.dropTable("again");
    expect(await stage.tableNames()).toEqual(["docs"]);
  });
});

describe.concurrent("a declared restore", () => {
  const declared = config({
    more: `restores:
  copy:
    from: { policy: nightly, collection: docs, at: latest }
    to: { cluster: local, collection: copy }`,
  });

  test("runs once; one that vanished is told, and repeated only when asked", async () => {
    const stage = openStage(declared);
    await stage.makeTable("docs", 10);
    expect((await stage.snapform("apply", "--yes")).stdout).toContain("1 created, 1 restored");
    expect((await stage.snapform("apply", "--yes")).stdout).toContain("Nothing to do.");
    await stage.dropTable("copy");
    const applied = await stage.snapform("apply", "--yes");
    expect(plain(applied.stdout)).toMatch(/restore\.copy/);
    expect(await stage.tableNames()).toEqual(["docs"]);
    expect((await stage.snapform("run", "restore.copy", "--yes")).status).toBe(0);
    expect(await stage.countRows("copy")).toBe(10);
  });

  test("fails at a target that exists, and the snapshot is made all the same", async () => {
    const stage = openStage(declared);
    await stage.makeTable("docs", 10);
    await stage.makeTable("copy", 3);
    const { status, stdout } = await stage.snapform("apply", "--yes");
    expect([status, plain(stdout)]).toEqual([3, expect.stringContaining("(already-exists)")]);
    expect([await stage.countRows("copy"), (await snapshotsOf(stage)).length]).toEqual([3, 1]);
  });
});

describe.concurrent("a restore of a cluster that nobody declares any more", () => {
  const spare = config()
    .replace("local: {", "spare: {")
    .replace("./data", "./spare")
    .replace(/policies:[\s\S]*/, "");
  const args = ["--repository", "vault", "--cluster", "local", "--collection", "docs"];

  test("needs neither the cluster nor the state", async () => {
    const stage = await snapshotted();
    stage.remove(".snapform");
    stage.remove("data");
    stage.write("snapform.yaml", spare);
    const done = await stage.snapform("restore", ...args, "--to", "spare/docs", "--yes");
    expect([done.status, done.stderr]).toEqual([0, ""]);
    expect(plain(done.stdout)).toContain("Reading all rows gave 10");
  });

  test("shows the instant that the snapshot holds", async () => {
    const stage = await snapshotted();
    const [first] = await snapshotsOf(stage);
    stage.write("snapform.yaml", spare);
    const { stdout } = await stage.snapform("restore", ...args, "--to", "spare/docs", "--yes");
    const at = first?.snapshot.startedAt.slice(0, 19).replace("T", " ");
    expect(stdout).toContain(`  ${at}Z`);
  });
});

async function snapshotted(): Promise<Stage> {
  const stage = openStage();
  await stage.makeTable("docs", 10);
  const { status, stderr } = await stage.snapform("apply", "--yes");
  expect(status, stderr).toBe(0);
  return stage;
}
