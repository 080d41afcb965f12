// Places that cannot be used: files where folders should be, what may not be written, full disks.
// Nothing half-done stays visible, and once the place is put right the same command succeeds.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { mountReadOnly, mountSmall, noMounts } from "./mounts.ts";
import { openStage, plain, snapshotsOf, type Stage } from "./stage.ts";

const isRoot = process.getuid?.() === 0;
if (isRoot)
  console.warn("Skips rights of files: root may do everything; read-only mounts stand in");

describe.concurrent("a file where a folder should be", () => {
  test("of a repository is a problem of the plan, and the file stays", async () => {
    const stage = await stageWithTable();
    stage.write("vault", "precious");
    const planned = await stage.snapform("plan");
    expect(planned.status).toBe(1);
    expect(plain(planned.stdout)).toMatch(
      /policy\.nightly: repository vault: .* \(failed-precondition\)/,
    );
    const applied = await stage.snapform("apply", "--yes");
    expect(applied.status).toBe(3);
    expect(applied.stdout).toContain("Nothing could be done.");
    expect(stage.read("vault")).toBe("precious");
  });

  test("of the state is refused before anything else, and the folder stays as it is", async () => {
    const stage = await stageWithTable();
    stage.write(".snapform/state", "precious");
    const before = stage.tree();
    for (const args of [["plan"], ["apply", "--yes"]]) {
      const { status, stdout, stderr } = await stage.snapform(...args);
      expect([status, stdout]).toEqual([1, ""]);
      expect(plain(stderr)).toContain(
        "/.snapform/state: it is, or lies below, a file Name a folder.",
      );
    }
    expect(stage.tree()).toEqual(before);
  });

  test("of a database is a problem of the plan", async () => {
    const stage = openStage();
    stage.write("data", "precious");
    const planned = await stage.snapform("plan");
    expect(planned.status).toBe(1);
    expect(plain(planned.stdout)).toMatch(/policy\.nightly: \S+\/data is not a folder/);
    expect((await stage.snapform("apply", "--yes")).status).toBe(3);
    expect([stage.read("data"), stage.files("vault", /./)]).toEqual(["precious", []]);
  });
});

describe.skipIf(noMounts !== null)("a place that may not be written", { concurrent: true }, () => {
  test("as a repository fails the create, and nothing is visible", async () => {
    const stage = await stageWithTable();
    const release = mountReadOnly(stage, "vault");
    const { status, stdout } = await stage.snapform("apply", "--yes");
    expect(status).toBe(3);
    expect(plain(stdout)).toContain("(permission-denied) Check who owns the folder");
    expect(await snapshotsOf(stage)).toEqual([]);
    release();
    expect((await stage.snapform("apply", "--yes")).stdout).toContain("Done: 1 created");
  });

  test("as a state is refused, and the folder stays as it is", async () => {
    const stage = await stageWithTable();
    const release = mountReadOnly(stage, ".snapform/state");
    const before = stage.tree();
    const { status, stderr } = await stage.snapform("apply", "--yes");
    expect(status).toBe(1);
    expect(plain(stderr)).toContain("/.snapform/state: the file system is read-only");
    expect(stage.tree()).toEqual(before);
    release();
    expect((await stage.snapform("apply", "--yes")).status).toBe(0);
  });

  test("as a database gives no snapshot, and it stays as it is", async () => {
    const stage = await stageWithTable();
    const release = mountReadOnly(stage, "data");
    const before = stage.tree("data");
    const { status } = await stage.snapform("apply", "--yes");
    expect([status, stage.tree("data"), await snapshotsOf(stage)]).toEqual([3, before, []]);
    release();
    expect((await stage.snapform("apply", "--yes")).status).toBe(0);
  });

  // The recursive mkdir of Node says ENOENT on a read-only file system; the engine passes it on.
  test("as a database says that it may not be written", async () => {
    const stage = await stageWithTable();
    mountReadOnly(stage, "data");
    const { stdout } = await stage.snapform("apply", "--yes");
    expect(plain(stdout)).toContain("(permission-denied)");
  });
});

describe.skipIf(noMounts !== null)("a place that cannot be made", { concurrent: true }, () => {
  // The same of the state's folder, where the folder around it may not be written.
  test("for a state says that it may not be written", async () => {
    const stage = await stageWithTable();
    mountReadOnly(stage, ".snapform");
    const { stderr } = await stage.snapform("apply", "--yes");
    expect(plain(stderr)).toContain("read-only");
  });
});

describe.skipIf(isRoot)("rights of files", { concurrent: true }, () => {
  test("that forbid to read the configuration are told", async () => {
    const stage = await stageWithTable();
    execFileSync("chmod", ["000", stage.path("snapform.yaml")]);
    const { status, stderr } = await stage.snapform("plan");
    expect(status).toBe(1);
    expect(stderr).toContain("may not read snapform.yaml");
  });
});

describe.skipIf(noMounts !== null)("a full disk", { concurrent: true }, () => {
  test("of a repository fails the create; with room the next apply makes it", async () => {
    const stage = openStage();
    await stage.makeTable("docs", 2_000, 300);
    mountSmall(stage, "vault");
    const full = await stage.snapform("apply", "--yes");
    expect(full.status).toBe(3);
    expect(plain(full.stdout)).toContain(
      "(resource-exhausted) Free some space, or run `snapform repository prune`; nothing " +
        "half-written is visible. Nothing done: 1 failed",
    );
    expect(await snapshotsOf(stage)).toEqual([]);
    expect(stage.files("vault", /(snapshots|staging)\//)).toEqual([]);
    execFileSync("mount", ["-o", "remount,size=30m", stage.path("vault")]);
    expect((await stage.snapform("apply", "--yes")).stdout).toContain("Done: 1 created");
    const check = await stage.snapform("repository", "check", "vault", "--read-data");
    expect(check).toMatchObject({ status: 0, stderr: "" });
  });

  test("of the state is refused before anything is done; with room it goes on", async () => {
    const stage = await stageWithTable();
    mountSmall(stage, ".snapform/state");
    fill(stage, ".snapform/state/filler");
    const first = await stage.snapform("apply", "--yes");
    expect(first.status).toBe(1);
    expect(plain(first.stderr)).toContain("/.snapform/state: no space left on the disk");
    expect(stage.files("vault", /./)).toEqual([]);
    stage.remove(".snapform/state/filler");
    expect((await stage.snapform("apply", "--yes")).stdout).toContain("Done: 1 created");

    fill(stage, ".snapform/state/filler");
    const before = stage.tree("vault");
    expect((await stage.snapform("run", "policy.nightly", "--yes")).status).toBe(1);
    expect(stage.tree("vault")).toEqual(before);
    stage.remove(".snapform/state/filler");
    expect((await stage.snapform("run", "policy.nightly", "--yes")).status).toBe(0);
    expect(await snapshotsOf(stage)).toHaveLength(2);
    expect(stage.files(".snapform/state", /lock/)).toEqual([]);
  });

  test("of the state in the middle of an apply leaves nothing that the next minds", async () => {
    // A few pages are left, so that the disk is full at another write each time.
    for (const pages of [1, 2, 3]) {
      const stage = await stageWithTable();
      mountSmall(stage, ".snapform/state");
      fill(stage, ".snapform/state/filler", pages);
      const { status, stdout, stderr } = await stage.snapform("apply", "--yes");
      expect([0, 1, 3], `${pages} pages: ${stdout}${stderr}`).toContain(status);
      if (status !== 0) expect(stdout + stderr).toMatch(/no space left|ENOSPC/);
      stage.remove(".snapform/state/filler");
      expect((await stage.snapform("apply", "--yes")).status).toBe(0);
      expect(await snapshotsOf(stage)).toHaveLength(1);
      const again = await stage.snapform("plan", "--detailed-exitcode");
      expect(again.stdout).toContain("No changes. 1 snapshot kept.");
    }
  });
});

async function stageWithTable(): Promise<Stage> {
  const stage = openStage();
  await stage.makeTable("docs", 10);
  return stage;
}

/** Fills a disk of two mebibytes but for some pages. */
function fill(stage: Stage, name: string, pages = 0): void {
  const page = Buffer.alloc(4096);
  for (let count = 0; count < 512 - pages; count += 1) {
    try {
      writeFileSync(stage.path(name), page, { flag: "a" });
    } catch {
      return;
    }
  }
}
