// States that are damaged, newer, another one's, lost or locked: they are never overwritten, and
// the message says the way out.
import { describe, expect, test } from "vitest";
import { openStage, plain, snapshotsOf, type Stage } from "./stage.ts";

const file = ".snapform/state/state.json";

describe.concurrent("a state that cannot be used", () => {
  test("because it is damaged is left as it is by every command", async () => {
    const stage = await applied();
    stage.write(file, stage.read(file).slice(0, 200));
    await refusesAll(stage, [
      "state.json is damaged: it is cut off, or not JSON Nothing was changed.",
      "rebuild the state with `snapform adopt --from-repository`",
      "state.backup.json",
    ]);
  });

  test("because it was altered is left as it is by every command", async () => {
    const stage = await applied();
    stage.write(file, stage.read(file).replace('"serial": 1', '"serial": 7'));
    await refusesAll(stage, ["its digest does not fit"]);
  });

  test("because it is newer is left as it is by every command", async () => {
    const stage = await applied();
    stage.write(file, stage.read(file).replace('"formatVersion": 1', '"formatVersion": 99'));
    await refusesAll(stage, [
      "was written by a newer snapform: it has state format 99, and this one knows formats up to 1",
      "Use that version of snapform, or a later one.",
    ]);
  });
});

async function refusesAll(stage: Stage, told: readonly string[]): Promise<void> {
  const before = stage.tree();
  for (const line of ["plan", "apply --yes", "status", "state list"]) {
    const { status, stdout, stderr } = await stage.snapform(...line.split(" "));
    expect([line, status, stdout]).toEqual([line, 13, ""]);
    for (const text of told) expect(plain(stderr)).toContain(text);
  }
  expect(withoutFence(stage)).toEqual(Object.keys(before).filter((name) => !/fence/.test(name)));
  expect(stage.tree()[file]).toBe(before[file]);
}

/** A refused lock may count on. */
function withoutFence(stage: Stage): readonly string[] {
  return Object.keys(stage.tree()).filter((name) => !/fence/.test(name));
}

describe.concurrent("a state that is pushed", () => {
  test("must be of the same lineage, whatever is forced", async () => {
    const [stage, other] = await Promise.all([applied(), applied()]);
    stage.write("other.json", (await other.snapform("state", "pull")).stdout);
    const before = stage.tree();
    const pushed = await stage.snapform("state", "push", "other.json");
    expect(pushed).toMatchObject({ status: 1, stdout: "" });
    expect(plain(pushed.stderr)).toContain("it is a state of another lineage");
    const forced = await stage.snapform("state", "push", "--force", "other.json");
    expect(forced.status).toBe(1);
    expect(plain(forced.stderr)).toMatch(/another lineage Move \S+\/state away first/);
    expect(stage.tree()[file]).toBe(before[file]);
  });

  test("is refused when it is older, damaged or no state", async () => {
    const stage = await applied();
    stage.write("old.json", (await stage.snapform("state", "pull")).stdout);
    await stage.snapform("run", "policy.nightly", "--yes");
    const before = stage.tree()[file];
    const older = await stage.snapform("state", "push", "old.json");
    expect(older.status).toBe(1);
    expect(plain(older.stderr)).toContain("the present state is newer: serial");
    stage.write("cut.json", stage.read("old.json").slice(0, 99));
    const cut = await stage.snapform("state", "push", "--force", "cut.json");
    expect(cut.status).toBe(13);
    expect(plain(cut.stderr)).toContain("the pushed state is damaged: it is cut off, or not JSON");
    expect(stage.tree()[file]).toBe(before);
  });
});

describe.concurrent("a state that is lost", () => {
  test("is noticed by the plan, rebuilt by adopt, and then nothing is to do", async () => {
    const stage = await applied();
    await stage.snapform("run", "policy.nightly", "--yes");
    stage.remove(".snapform");
    const planned = await stage.snapform("plan", "--detailed-exitcode");
    expect(planned.status).toBe(0);
    expect(plain(planned.stdout)).toContain("2 snapshot(s) of project golden exist that the state");
    expect(plain(planned.stdout)).toContain("run `snapform adopt --from-repository`");
    const before = stage.tree("vault");
    const dry = await stage.snapform("adopt", "--from-repository", "--dry-run");
    expect(dry.stdout).toContain("Would take over 2 snapshots.");
    expect(stage.files(".snapform", /./)).toEqual([]);
    expect((await stage.snapform("adopt", "--from-repository")).stdout).toContain(
      "Took over 2 snapshots.",
    );
    const again = await stage.snapform("plan", "--detailed-exitcode");
    expect([again.status, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toContain("No changes. 2 snapshots kept.");
    expect(again.stdout).not.toContain("Warning");
    const manifests = Object.keys(before).filter((name) => !name.includes("notes"));
    expect(Object.keys(stage.tree("vault"))).toEqual(expect.arrayContaining(manifests));
  });
});

describe.concurrent("a state that is locked", () => {
  test("is waited for as long as asked, and released by unlock", async () => {
    const stage = openStage();
    await stage.makeLargeTable("docs", 100);
    const holder = stage.start(["apply", "--yes"]);
    await holder.says(": started");
    // It lives, so its lock holds, and it does not come to its end.
    holder.child.kill("SIGSTOP");
    const locked = await stage.snapform("run", "policy.nightly", "--yes");
    expect(locked).toMatchObject({ status: 11, stdout: "" });
    expect(plain(locked.stderr)).toContain(String(holder.child.pid));
    expect((await stage.snapform("plan")).status).toBe(0);
    const waited = await stage.snapform("run", "policy.nightly", "--yes", "--lock-timeout", "1s");
    expect(waited.status).toBe(11);
    expect(waited.stdout).toContain("Waiting for the state, which is held by");
    const listed = await stage.snapform("state", "list", "--json");
    const held = await lockIn(stage);
    expect(locked.stderr + listed.stdout).toContain(held);
    const wrong = await stage.snapform("unlock", "nope");
    expect([wrong.status, plain(wrong.stderr)]).toEqual([
      1,
      expect.stringContaining("no lock nope is on the state"),
    ]);
    expect((await stage.snapform("run", "policy.nightly", "--yes")).status).toBe(11);
    const unlocked = await stage.snapform("unlock", held);
    expect(unlocked.status, unlocked.stderr).toBe(0);
    expect(unlocked.stdout).toContain(`Removed the lock of apply, process ${holder.child.pid}`);
    expect((await stage.snapform("apply", "--yes")).stdout).toContain("Done: 1 created");
    // Who lost the lock notices, and changes nothing any more.
    holder.child.kill("SIGCONT");
    expect((await holder.ended).status).not.toBe(0);
    expect(await snapshotsOf(stage)).toHaveLength(1);
    const check = await stage.snapform("repository", "check", "vault", "--read-data");
    expect(check.status, check.stdout).toBe(0);
    expect((await stage.snapform("plan", "--detailed-exitcode")).status).toBe(0);
  });

  test("by a process that ends is had by who waits", async () => {
    const stage = openStage();
    await stage.makeLargeTable("docs", 100);
    const holder = stage.start(["apply", "--yes"]);
    await holder.says(": started");
    holder.child.kill("SIGSTOP");
    const next = stage.start(["apply", "--yes", "--lock-timeout", "30s"]);
    await next.says("Waiting for the state");
    holder.child.kill("SIGCONT");
    expect((await holder.ended).status).toBe(0);
    const { status, stdout } = await next.ended;
    expect([status, stdout]).toEqual([0, expect.stringContaining("Nothing to do.")]);
  });

  test("by a process that was killed is taken over at once", async () => {
    const stage = openStage();
    await stage.makeLargeTable("docs", 100);
    const holder = stage.start(["apply", "--yes"]);
    await holder.says(": started");
    holder.child.kill("SIGKILL");
    await holder.ended;
    const { status, stdout } = await stage.snapform("apply", "--yes");
    expect([status, stdout]).toEqual([0, expect.stringContaining("Done: 1 created")]);
    expect(await snapshotsOf(stage)).toHaveLength(1);
  });

  test("is not waited for without a span that makes sense", async () => {
    const stage = openStage();
    const args = ["apply", "--yes", "--lock-timeout", "soon"];
    const { status, stderr } = await stage.snapform(...args);
    expect(status).toBe(64);
    expect(plain(stderr)).toContain('--lock-timeout: invalid span "soon": expected a whole number');
  });
});

async function lockIn(stage: Stage): Promise<string> {
  const { stdout } = await stage.snapform("state", "list", "--json");
  const { lock } = JSON.parse(stdout) as { lock: { id: string } | null };
  if (lock === null) throw new Error("nobody holds the state");
  return lock.id;
}

/** A stage on which the first snapshot is made. */
async function applied(): Promise<Stage> {
  const stage = openStage();
  await stage.makeTable("docs", 10);
  const { status, stderr } = await stage.snapform("apply", "--yes");
  expect(status, stderr).toBe(0);
  return stage;
}
