// What comes in between: writers, Ctrl-C, readers that go away; and what must not come out: colours
// where nobody wants them, secrets anywhere.
import { describe, expect, test } from "vitest";
import { config, openStage, plain, rowsOf, snapshotsOf, type Ended, type Stage } from "./stage.ts";

describe.concurrent("Ctrl-C during an apply", () => {
  test.each([1, 2])(
    "pressed %d times leaves nothing half-done, and the next goes on",
    async (n) => {
      const stage = openStage();
      await stage.makeLargeTable("docs", 100);
      const running = stage.start(["apply", "--yes"]);
      await running.says(": started");
      running.child.kill("SIGINT");
      await running.says("Stopping at the next safe point");
      if (n === 2) running.child.kill("SIGINT");
      const { status, stderr } = await running.ended;
      // A second one may meet a process that is ending anyway and no more listens.
      expect(n === 1 ? [130] : [130, "SIGINT"]).toContain(status);
      expect(plain(stderr)).toBe(
        "Stopping at the next safe point; press Ctrl-C again to stop at once.",
      );
      expect(await snapshotsOf(stage)).toEqual([]);
      expect(stage.files("vault/snapshots", /./)).toEqual([]);
      const next = await stage.snapform("apply", "--yes");
      expect([next.status, next.stdout]).toEqual([0, expect.stringContaining("Done: 1 created")]);
      expect((await stage.snapform("repository", "check", "vault", "--read-data")).status).toBe(0);
      expect((await stage.snapform("plan", "--detailed-exitcode")).status).toBe(0);
      expect(stage.files("vault/staging", /./)).toEqual([]);
      expect(stage.files(".snapform/state", /lock/)).toEqual([]);
    },
  );
});

describe.concurrent("a table that others write meanwhile", () => {
  test("is snapshotted as it was at one instant", async () => {
    const stage = openStage();
    await stage.makeTable("docs", 2_000, 32);
    let isDone = false;
    const writing = (async (): Promise<void> => {
      const table = await stage.table("docs");
      for (let from = 2_000; !isDone; from += 10) await table.add(rowsOf(from, 10, 32));
    })();
    const ended: Ended[] = [];
    for (let count = 0; count < 3; count += 1) {
      ended.push(await stage.snapform("run", "policy.nightly", "--yes"));
    }
    isDone = true;
    await writing;
    expect(ended.map(({ status, stdout }) => [status, /Done: .*/.exec(stdout)?.[0]])).toEqual(
      Array(3).fill([0, expect.stringContaining("Done: 1 created")]),
    );
    const args = ["--policy", "nightly", "--collection", "docs", "--to", "local/again"];
    const restored = await stage.snapform("restore", ...args, "--check", "deep", "--yes");
    expect(restored.status, restored.stdout).toBe(0);
    const count = await stage.countRows("again");
    expect([count >= 2_000, count % 10]).toEqual([true, 0]);
  });
});

describe.concurrent("the output", () => {
  test("may lose its reader", async () => {
    const stage = openStage();
    await stage.makeTable("docs", 10);
    await stage.snapform("apply", "--yes");
    const running = stage.start(["snapshots", "list"]);
    running.child.stdout?.destroy();
    expect(await running.ended).toMatchObject({ status: 0, stderr: "" });
    const applying = stage.start(["run", "policy.nightly", "--yes"]);
    applying.child.stdout?.destroy();
    expect(await applying.ended).toMatchObject({ status: 0, stderr: "" });
    expect(await snapshotsOf(stage)).toHaveLength(2);
  });

  test("has no colours where nobody wants them", async () => {
    const stage = openStage();
    await stage.makeTable("docs", 10);
    stage.write("wrong.yaml", config({ retention: "{}" }));
    for (const env of [{ NO_COLOR: "1" }, { NO_COLOR: "1", FORCE_COLOR: "1" }, { TERM: "dumb" }]) {
      for (const args of [["plan"], ["plan", "-f", "wrong.yaml"], ["status"], ["--help"]]) {
        const { stdout, stderr } = await stage.start(args, env).ended;
        expect(stdout + stderr).not.toContain("\u001b");
      }
    }
  });
});

describe.concurrent("an engine that is to come", () => {
  const secret = "s3cr3t-hunter2-value";
  const yaml = config().replace(
    "uri: ./data }",
    "uri: ./data }\n" + "  prod: { engine: milvus, address: '127.0.0.1:1', token: '${env:KEY}' }",
  );

  test("is a warning of validate, and an error of everything that would use it", async () => {
    const stage = await withMilvus();
    const valid = await stage.start(["validate"], { KEY: secret }).ended;
    expect(valid.status).toBe(0);
    expect(valid.stdout).toContain("The configuration is valid: 2 clusters");
    expect(plain(valid.stderr)).toMatch(
      /^Warning: Engine not available yet snapform\.yaml:5:19 clusters\.prod\.engine/,
    );
    const before = stage.tree();
    for (const line of ["plan", "apply --yes", "run policy.nightly --yes", "status"]) {
      const { status, stderr } = await stage.start([...line.split(" "), "--json"], { KEY: secret })
        .ended;
      const failure = JSON.parse(stderr) as { error: { code: string; message: string } };
      expect([line, status, failure.error]).toMatchObject([
        line,
        1,
        { code: "unimplemented", message: expect.stringContaining("engine milvus") },
      ]);
    }
    expect(Object.keys(stage.tree()).filter((name) => !/\.snapform/.test(name))).toEqual(
      Object.keys(before),
    );
  });

  test("has a key that is shown nowhere", async () => {
    const stage = await withMilvus();
    const wrong = yaml.replace("token", "timeout: nope, token");
    stage.write("wrong.yaml", wrong);
    stage.write("plain.yaml", wrong.replace("${env:KEY}", secret));
    stage.write("unknown.yaml", yaml.replace("token", "tokne"));
    const lines = [
      "validate",
      "validate --json",
      "plan",
      "plan --json",
      "plan --markdown",
      "apply --yes",
      "apply --yes --json",
      "status",
      "status --json",
      "snapshots list --json",
      "repository list --json",
      "state list --json",
      "explain policy.nightly",
      "validate -f wrong.yaml",
      "validate -f wrong.yaml --json",
      "validate -f plain.yaml",
      "validate -f plain.yaml --json",
      "validate -f unknown.yaml --json",
    ];
    for (const line of lines) {
      const { stdout, stderr } = await stage.start(line.split(" "), { KEY: secret }).ended;
      expect([line, stdout + stderr]).toEqual([line, expect.not.stringContaining(secret)]);
    }
    for (const name of stage.files(".", /./)) {
      if (name !== "plain.yaml") expect(stage.read(name)).not.toContain(secret);
    }
  });

  async function withMilvus(): Promise<Stage> {
    const stage = openStage(yaml);
    await stage.makeTable("docs", 10);
    return stage;
  }
});
