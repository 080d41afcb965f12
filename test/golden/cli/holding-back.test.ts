// What would take much away is held back until somebody names exactly that set; what is not
// declared any more is kept until somebody says otherwise.
import { describe, expect, test } from "vitest";
import { config, hashIn, openStage, plain, snapshotsOf, type Stage } from "./stage.ts";

const nothing = config().replace(/policies:[\s\S]*/, "");

describe.concurrent("expires that are too many", () => {
  // Some forty processes, one after the other: on a busy machine more than a minute.
  test("are held back until that very set is acknowledged", { timeout: 180_000 }, async () => {
    const stage = openStage(config({ retention: "{ last: 30 }" }));
    await stage.makeTable("docs", 10);
    for (let count = 0; count < 25; count += 1) await ran(stage);
    expect(await snapshotsOf(stage)).toHaveLength(25);
    stage.write("snapform.yaml", config({ retention: "{ last: 1 }" }));
    const before = stage.tree("vault");

    const held = await stage.snapform("apply", "--yes");
    expect(held.status).toBe(3);
    expect(held.stdout).toContain("24 to expire (24 held back), 1 kept.");
    expect(plain(held.stdout)).toContain("held back: mass-expire, rule-change");
    const hash = hashIn(held);
    const acknowledging = `--acknowledge ${hash}`;
    expect(plain(held.stdout)).toContain(
      `24 actions are held back. If they are right, run the same command with ${acknowledging}.`,
    );
    await stage.snapform("plan", "--out", "reviewed.plan");
    expect((await stage.snapform("apply", "reviewed.plan")).status).toBe(3);
    const wrong = await stage.snapform("apply", "--yes", "--acknowledge", "abcdefabcdef");
    expect([wrong.status, wrong.stdout]).toEqual([12, ""]);
    expect(plain(wrong.stderr)).toContain(`are now ${hash} Look at the plan again`);
    expect(stage.tree("vault")).toEqual(before);

    // Another set has another hash, and the old one is refused for it.
    const [newest] = await snapshotsOf(stage);
    const old = (await snapshotsOf(stage)).at(-1)?.snapshot.id ?? "";
    await stage.snapform("pin", old);
    const other = await stage.snapform("apply", "--yes", "--acknowledge", hash);
    expect(other.status).toBe(12);
    await stage.snapform("unpin", old);
    const done = await stage.snapform("apply", "--yes", "--acknowledge", hash);
    expect([done.status, done.stderr]).toEqual([0, ""]);
    expect(done.stdout).toContain("Done: 24 expired");
    expect((await snapshotsOf(stage)).map(({ snapshot }) => snapshot.id)).toEqual([
      newest?.snapshot.id,
    ]);
    expect((await stage.snapform("plan", "--detailed-exitcode")).status).toBe(0);
    const back = await stage.snapform("undelete", old);
    expect([back.status, (await snapshotsOf(stage)).length]).toEqual([0, 2]);
  });
});

describe.concurrent("a source that has shrunk", () => {
  test("holds its expires back, while new snapshots are made", async () => {
    const stage = openStage(config({ retention: "{ last: 2 }" }));
    await stage.makeTable("docs", 100);
    await ran(stage);
    await ran(stage);
    const full = (await snapshotsOf(stage)).map(({ snapshot }) => snapshot.id);
    await (await stage.table("docs")).delete("id >= 10");
    const held = await stage.snapform("run", "policy.nightly", "--yes");
    expect(held.status).toBe(3);
    expect(plain(held.stdout)).toContain("held back: source-shrunk");
    expect(plain(held.stdout)).toContain("Done: 1 created, 1 held back");
    expect(plain(held.stdout)).toContain("1 action is held back. If it is right, run the same");
    const now = await snapshotsOf(stage);
    expect(now.map(({ snapshot }) => snapshot.id)).toEqual(expect.arrayContaining(full));
    expect(now[0]?.snapshot.points?.after).toBe(10);
    const later = await stage.snapform("apply", "--yes");
    expect(later.status).toBe(3);
    const done = await stage.snapform("apply", "--yes", "--acknowledge", hashIn(later));
    expect([done.status, done.stdout]).toEqual([0, expect.stringContaining("Done: 1 expired")]);
    expect((await stage.snapform("plan", "--detailed-exitcode")).status).toBe(0);
  });
});

describe.concurrent("a policy that is not declared any more", () => {
  test("keeps its snapshots, and takes them along under another name when told so", async () => {
    const stage = await twoSnapshots();
    const before = stage.tree("vault");
    stage.write("snapform.yaml", nothing);
    const removed = await stage.snapform("apply", "--yes");
    expect(removed.status).toBe(0);
    expect(plain(removed.stdout)).toContain("2 orphaned: policy.nightly is not declared");
    const status = await stage.snapform("status");
    expect(plain(status.stdout)).toContain("Orphaned: the resource is not declared any more");

    const renamed = config().replace("nightly:", "daily:");
    stage.write("snapform.yaml", renamed);
    expect((await stage.snapform("plan")).stdout).toContain("1 to create");
    stage.write("snapform.yaml", `${renamed}\nmoved: [{ from: policy.nightly, to: policy.daily }]`);
    const moved = await stage.snapform("plan", "--detailed-exitcode");
    expect([moved.status, plain(moved.stdout)]).toEqual([
      0,
      expect.stringContaining("policy.daily: keeps 2: last 2, newest complete 1"),
    ]);
    expect((await stage.snapform("apply", "--yes")).status).toBe(0);
    expect(stage.tree("vault")).toEqual(before);
    const owners = (await snapshotsOf(stage)).map(({ address }) => address);
    expect(owners).toEqual(["policy.daily", "policy.daily"]);
  });

  test("deletes them when told so, but never the newest", async () => {
    const stage = await twoSnapshots();
    const [newest, older] = await snapshotsOf(stage);
    const gone = (line: string): string => `${nothing}removed: { policy.nightly: ${line} }\n`;
    stage.write("snapform.yaml", gone("{ deleteSnapshots: false }"));
    const kept = await stage.snapform("apply", "--yes");
    expect(kept.stdout).toContain("Nothing to do.");
    stage.write("snapform.yaml", gone("{ deleteSnapshots: true }"));
    const planned = await stage.snapform("plan", "--detailed-exitcode");
    expect(planned.status).toBe(2);
    expect(plain(planned.stdout)).toContain(`- ${older?.snapshot.id}`);
    const done = await stage.snapform("apply", "--yes");
    expect([done.status, done.stdout]).toEqual([0, expect.stringContaining("Done: 1 expired")]);
    const left = (await snapshotsOf(stage)).map(({ snapshot }) => snapshot.id);
    expect(left).toEqual([newest?.snapshot.id]);
    expect((await stage.snapform("plan", "--detailed-exitcode")).status).toBe(0);
  });
});

/** `run`, or the first apply. */
async function ran(stage: Stage): Promise<void> {
  const { status, stdout, stderr } = await stage.snapform("run", "policy.nightly", "--yes");
  expect(status, stdout + stderr).toBe(0);
}

async function twoSnapshots(): Promise<Stage> {
  const stage = openStage();
  await stage.makeTable("docs", 10);
  await ran(stage);
  await ran(stage);
  return stage;
}
