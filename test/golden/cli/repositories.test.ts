// Damage in a repository, and a repository that is gone: found, named and never restored from.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openStage, plain, rowsOf, snapshotsOf, type Stage } from "./stage.ts";

/** What happens to the file that only the newest snapshot needs. */
const damages: Readonly<Record<string, (path: string) => void>> = {
  missing: (path) => rmSync(path),
  truncated: (path) => rewrite(path, readFileSync(path).subarray(0, 10)),
  altered(path) {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    rewrite(path, bytes);
  },
};

function rewrite(path: string, bytes: Uint8Array): void {
  rmSync(path);
  writeFileSync(path, bytes);
}

describe.concurrent.each(Object.entries(damages))("a file that is %s", (kind, damage) => {
  test("is found, and its snapshot counts no more", async () => {
    const { stage, older, newer, object } = await twoSnapshots();
    damage(stage.path(object));
    const check = await stage.snapform("repository", "check", "vault", "--read-data");
    expect(check.status).toBe(13);
    expect(check.stdout).toContain("Damage: 1\n");
    const name = object.replace(/^vault\//, "");
    expect(plain(check.stdout)).toMatch(
      new RegExp(`object ${name}: ${kind}; .* needed by ${newer}`),
    );
    const planned = await stage.snapform("plan");
    expect(plain(planned.stdout)).toContain("keeps 2: last 1, newest complete 1, 1 damaged:");
    const listed = await stage.snapform("snapshots", "list");
    expect(plain(listed.stdout)).toMatch(new RegExp(`${newer} local/docs .* damaged policy`));

    const restored = await restore(stage, "docs-before", "latest");
    expect([restored.status, restored.stderr]).toEqual([0, ""]);
    expect(restored.stdout).toContain(`restore local/docs-before ${older}: done`);
    expect(await stage.countRows("docs-before")).toBe(10);
    const refused = await restore(stage, "docs-damaged", newer);
    expect(refused.status).toBe(3);
    expect(plain(refused.stdout)).toContain(newer);
    expect(refused.stdout).toContain("Nothing could be done.");
    expect(await stage.tableNames()).not.toContain("docs-damaged");
  });
});

describe.concurrent("damage", () => {
  test("is found when it is restored from, before any check", async () => {
    const { stage, object } = await twoSnapshots();
    damages["altered"]?.(stage.path(object));
    const restored = await restore(stage, "docs-again", "latest");
    expect(restored.status).toBe(3);
    expect(plain(restored.stdout)).toContain("(corrupt)");
    expect(await stage.tableNames()).not.toContain("docs-again");
    expect(stage.files("data", /docs-again/)).toEqual([]);
  });

  test("of a manifest is found, named, and hides nothing else", async () => {
    const { stage, older, newer } = await twoSnapshots();
    const manifest = `vault/snapshots/local/docs/${newer}.json`;
    stage.write(manifest, stage.read(manifest).slice(0, 100));
    const before = stage.tree("vault");
    for (const args of [
      ["check", "vault"],
      ["list", "vault"],
    ]) {
      const { status, stdout } = await stage.snapform("repository", ...args);
      expect(status).toBe(13);
      expect(plain(stdout)).toMatch(new RegExp(`manifest \\S+${newer}.json: altered; .* not JSON`));
    }
    const status = await stage.snapform("status");
    expect(status.status).toBe(1);
    expect(plain(status.stdout)).toContain(
      "vault 1 damaged: the manifest is not JSON; see `snapform repository check vault`",
    );
    expect(status.stdout).toContain("1 repository needs attention.");
    const restored = await restore(stage, "docs-before", "latest");
    expect(restored.stdout).toContain(`restore local/docs-before ${older}: done`);
    expect((await stage.snapform("apply", "--yes")).status).toBe(0);
    expect(stage.tree("vault")).toEqual(before);
  });

  test("of a manifest is said by the plan", async () => {
    const { stage, newer } = await twoSnapshots();
    stage.write(`vault/snapshots/local/docs/${newer}.json`, "{");
    const { stdout } = await stage.snapform("plan");
    expect(stdout).toContain("damaged");
  });

  test("of a snapshot is said by status", async () => {
    const { stage, newer, object } = await twoSnapshots();
    damages["missing"]?.(stage.path(object));
    await stage.snapform("repository", "check", "vault");
    const { stdout } = await stage.snapform("status");
    expect(stdout).toContain(newer);
  });

  test("is the reason that a restore of that very snapshot is refused with", async () => {
    const { stage, newer, object } = await twoSnapshots();
    damages["missing"]?.(stage.path(object));
    await stage.snapform("repository", "check", "vault");
    const { stdout } = await restore(stage, "docs-damaged", newer);
    expect(stdout).toContain("damaged");
  });
});

describe.concurrent("a repository that is not there", () => {
  test("is an error for everything, and never made anew", async () => {
    const { stage } = await twoSnapshots();
    renameSync(stage.path("vault"), stage.path("elsewhere"));
    const before = stage.tree("elsewhere");
    const lines: readonly (readonly [string, number])[] = [
      ["plan", 1],
      ["apply --yes", 3],
      ["run policy.nightly --yes", 3],
      ["status", 1],
      ["repository list vault", 1],
      ["repository check vault", 1],
      ["repository prune vault", 1],
    ];
    for (const [line, expected] of lines) {
      const { status, stdout, stderr } = await stage.snapform(...line.split(" "));
      expect([line, status]).toEqual([line, expected]);
      expect(plain(stdout + stderr)).toMatch(
        /vault: \w+ that was used before is not at \S+\/vault/,
      );
      if (line.startsWith("repository")) {
        expect(plain(stderr)).toContain("mount it; if it moved, change its `path`.");
      }
    }
    expect((await restore(stage, "docs-again", "latest")).status).toBe(3);
    expect([stage.files("vault", /./), stage.tree("elsewhere")]).toEqual([[], before]);
    renameSync(stage.path("elsewhere"), stage.path("vault"));
    const again = await stage.snapform("plan", "--detailed-exitcode");
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining("2 snapshots kept")]);
  });

  test("is not taken for another one that lies in its place", async () => {
    const [{ stage }, other] = await Promise.all([twoSnapshots(), twoSnapshots()]);
    stage.remove("vault");
    renameSync(other.stage.path("vault"), stage.path("vault"));
    const before = stage.tree("vault");
    expect((await stage.snapform("plan")).status).toBe(1);
    const { status, stdout } = await stage.snapform("apply", "--yes");
    expect(status).toBe(3);
    expect(plain(stdout)).toContain("policy.nightly: repository vault:");
    expect(stage.tree("vault")).toEqual(before);
  });

  test("is the reason that a restore from it cannot be planned", async () => {
    const { stage } = await twoSnapshots();
    renameSync(stage.path("vault"), stage.path("elsewhere"));
    const { stdout } = await restore(stage, "docs-again", "latest");
    expect(plain(stdout)).toContain("repository vault");
  });

  test("cannot be adopted from", async () => {
    const { stage } = await twoSnapshots();
    renameSync(stage.path("vault"), stage.path("elsewhere"));
    expect((await stage.snapform("adopt", "--from-repository")).status).toBe(1);
  });
});

interface Damageable {
  readonly stage: Stage;
  readonly older: string;
  readonly newer: string;
  /** The file in the repository that only the newer one needs. */
  readonly object: string;
}

async function twoSnapshots(): Promise<Damageable> {
  const stage = openStage();
  await stage.makeTable("docs", 10);
  await stage.snapform("apply", "--yes");
  const before = new Set(stage.files("vault/objects", /./));
  await (await stage.table("docs")).add(rowsOf(10, 10));
  await stage.snapform("run", "policy.nightly", "--yes");
  const [newer, older] = (await snapshotsOf(stage)).map(({ snapshot }) => snapshot.id);
  const object = stage.files("vault/objects", /./).find((name) => !before.has(name));
  if (!newer || !older || !object) throw new Error("two snapshots were to be made");
  return { stage, older, newer, object };
}

function restore(stage: Stage, target: string, at: string): ReturnType<Stage["snapform"]> {
  const from = ["--policy", "nightly", "--collection", "docs", "--at", at];
  return stage.snapform("restore", ...from, "--to", `local/${target}`, "--yes");
}
