// Saved plans that do not fit what they meet: nothing at all is done, and the message says why.
import { beforeAll, describe, expect, test } from "vitest";
import { config, openStage, plain, type Stage } from "./stage.ts";

interface Saved {
  readonly digest: string;
  readonly plan: Readonly<Record<string, unknown>>;
}

describe.concurrent("a file that is no plan for this", () => {
  let stage: Stage;
  let saved: Saved;

  beforeAll(async () => {
    stage = openStage();
    await stage.makeTable("docs", 10);
    await stage.snapform("plan", "--out", "good.plan");
    saved = stage.json<Saved>("good.plan");
    stage.write("other.yaml", config({ retention: "{ last: 5 }" }));
    stage.write("elsewhere.yaml", config({ project: "elsewhere" }));
    write("older.plan", { ...saved, plan: { ...saved.plan, formatVersion: 0 } });
    write("newer.plan", { ...saved, plan: { ...saved.plan, formatVersion: 2 } });
    write("tampered.plan", { ...saved, plan: { ...saved.plan, project: "x" } });
    write("bare.plan", saved.plan);
    stage.write("text.plan", "hello");
    stage.write("empty.plan", "");
    stage.write("cut.plan", stage.read("good.plan").slice(0, 500));
  });

  function write(name: string, content: unknown): void {
    stage.write(name, JSON.stringify(content));
  }

  const again = "Nothing was done. Plan again and have it reviewed.";
  test.each([
    ["good.plan -f other.yaml", 12, `the configuration has changed ${again}`],
    ["good.plan -f elsewhere.yaml", 12, "it is a plan of project golden;"],
    ["older.plan", 12, "older.plan was written by an older snapform Plan again with this version."],
    ["newer.plan", 13, "written by a newer snapform Apply it with the version that made it"],
    ["tampered.plan", 13, "tampered.plan has been changed since it was saved A plan is applied"],
    ["bare.plan", 13, "bare.plan is not a saved plan Make one with `snapform plan --out FILE`."],
    ["text.plan", 13, "text.plan is not a saved plan"],
    ["empty.plan", 13, "empty.plan is not a saved plan"],
    ["cut.plan", 13, "cut.plan is not a saved plan"],
    ["none.plan", 1, "there is no file none.plan Save a plan with"],
    ["data", 1, "/data is a folder Name a file."],
    ["good.plan --only policy.nightly", 64, "no --only, no --no-expire"],
  ])("is refused: apply %s", async (line, expected, told) => {
    const { status, stdout, stderr } = await stage.snapform("apply", ...line.split(" "));
    expect([status, stdout]).toEqual([expected, ""]);
    expect(plain(stderr)).toContain(told);
    expect(stage.files("vault", /./)).toEqual([]);
    expect(stage.files(".snapform", /state\.json/)).toEqual([]);
  });
});

describe.concurrent("a plan whose world has moved", () => {
  test("is stale when its table is dropped", async () => {
    const stage = openStage();
    await stage.makeTable("docs", 10);
    await stage.snapform("plan", "--out", "p");
    await stage.dropTable("docs");
    const { status, stdout, stderr } = await stage.snapform("apply", "p");
    expect([status, stdout]).toEqual([12, ""]);
    expect(plain(stderr)).toContain("collection local/docs is gone Nothing was done.");
    expect(stage.files("vault", /./)).toEqual([]);
  });

  test("is stale when its table is another one of the same name", async () => {
    const stage = openStage();
    await stage.makeTable("docs", 10);
    await stage.snapform("plan", "--out", "p");
    await stage.dropTable("docs");
    await stage.makeTable("docs", 4);
    const { status, stderr } = await stage.snapform("apply", "p");
    expect(status, stderr).toBe(12);
    expect(stage.files("vault", /./)).toEqual([]);
  });

  test("is stale when it is applied a second time", async () => {
    const stage = openStage();
    await stage.makeTable("docs", 10);
    await stage.snapform("plan", "--out", "p");
    expect((await stage.snapform("apply", "p")).stdout).toContain("Done: 1 created");
    const before = stage.tree("vault");
    const { status, stdout, stderr } = await stage.snapform("apply", "p");
    expect([0, 12], stdout + stderr).toContain(status);
    expect(stage.tree("vault")).toEqual(before);
  });
});
