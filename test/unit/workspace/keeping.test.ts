import { describe, expect, it } from "vitest";
import { pointsOf } from "../../crash/points.ts";
import { DAY_MS, Stage, yamlOf } from "./begin.ts";

const ALL = { ids: [], fromRepository: true, dryRun: false, lockTimeoutMs: 0 } as const;

function pure(more = ""): string {
  const text = yamlOf(more);
  const [head = ""] = text.split("policies:");
  return `${head}policies: {}\n${more}`;
}

describe("forget", () => {
  it("keeps a snapshot out of its policy's care, for good", async () => {
    const stage = await Stage.begin();
    await stage.nights(2);
    const [oldest = ""] = await stage.ids();
    await stage.use((workspace) => workspace.forget(oldest, 0));
    await stage.nights(4);
    expect(await stage.ids()).toContain(oldest);
    expect((await stage.readState())?.snapshots[oldest]?.address).toBe("manual");
  });

  it("forgets nothing because of a repository that cannot be seen", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    const [id = ""] = await stage.ids();
    const { rename } = await import("node:fs/promises");
    const vault = `${stage.scene.root}/vault`;
    await rename(vault, `${vault}-unmounted`);
    const forgetting = stage.use((workspace) => workspace.forget(id, 0));
    await expect(forgetting).rejects.toMatchObject({ code: "unavailable" });
    await rename(`${vault}-unmounted`, vault);
    expect((await stage.readState())?.snapshots[id]).toBeDefined();
  });
});

describe("undelete", () => {
  it("pins what it brings back, and does no harm a second time", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    const [oldest = ""] = await stage.ids();
    await stage.nights(3);
    expect(await stage.ids()).not.toContain(oldest);
    for (let round = 0; round < 2; round += 1) {
      await stage.use((workspace) => workspace.undelete(oldest, 0));
    }
    await stage.nights(3);
    expect(await stage.ids()).toContain(oldest);
    expect((await stage.readState())?.snapshots[oldest]?.pinned).toBe(true);
  });

  it("leaves no claim to what cannot be brought back", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    const undeleting = stage.use((workspace) => workspace.undelete("20200101T000000Z-00000000", 0));
    await expect(undeleting).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("purge", () => {
  it("removes everything of a collection that nothing declares, and its records", async () => {
    const stage = await Stage.begin();
    await stage.nights(2);
    const purge = () =>
      stage.use((workspace) =>
        workspace.purge("prod", "docs", { confirm: "prod/docs", lockTimeoutMs: 0 }),
      );
    await expect(purge()).rejects.toMatchObject({ code: "failed-precondition" });
    stage.scene.yaml = pure();
    expect(await purge()).toHaveLength(2);
    const records = Object.values((await stage.readState())?.snapshots ?? {});
    expect(records.map(({ collection }) => collection)).toEqual(["mail", "mail"]);
    expect(await purge()).toEqual([]);
  });
});

describe("adopt", () => {
  it("rebuilds a lost state: the same lineage, and the rules go on", async () => {
    const stage = await Stage.begin();
    await stage.nights(3);
    const before = await stage.readState();
    await stage.scene.loseState();
    await stage.use((workspace) => workspace.adopt(ALL));
    const after = await stage.readState();
    expect(after?.lineage).toBe(before?.lineage);
    expect(after?.snapshots).toEqual(before?.snapshots);
    const { result } = await stage.apply();
    expect(result?.exit).toBe("done");
    expect(result?.counts.done).toBeGreaterThan(2);
  });

  it("does not take up the lineage of another project", async () => {
    const stage = await Stage.begin();
    stage.scene.yaml = yamlOf().replace("project: project", "project: other");
    stage.scene.stateFolder = "state-other";
    await stage.apply();
    const theirs = (await stage.readState())?.lineage;
    stage.scene.yaml = yamlOf();
    stage.scene.stateFolder = "state";
    const ids = await stage.ids();
    await stage.use((workspace) => workspace.adopt({ ...ALL, ids, fromRepository: false }));
    expect((await stage.readState())?.lineage).not.toBe(theirs);
  });

  it("keeps the name that the server gave", async () => {
    const stage = await Stage.begin({ create: "native", serverNames: true });
    await stage.nights(1);
    const before = (await stage.readState())?.snapshots;
    const ids = Object.keys(before ?? {});
    await stage.use((workspace) => workspace.adopt({ ...ALL, ids, fromRepository: false }));
    const after = (await stage.readState())?.snapshots ?? {};
    for (const id of ids) expect(after[id]?.native).toEqual(before?.[id]?.native);
  });
});

describe("a state that is pushed", () => {
  it("takes the place of the present one, also an older one when forced", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    const old = (await stage.use((workspace) => workspace.statePull())) ?? "";
    await stage.nights(1);
    const push = (force: boolean) =>
      stage.use((workspace) => workspace.statePush(old, { force, lockTimeoutMs: 0 }));
    await expect(push(false)).rejects.toMatchObject({ code: "failed-precondition" });
    const pushed = await push(true);
    expect(Object.keys(pushed.snapshots)).toHaveLength(2);
    // What the old state did not know is in the manifests.
    await stage.apply();
    expect(Object.keys((await stage.readState())?.snapshots ?? {})).toHaveLength(4);
  });

  it("of another lineage is refused in words, forced or not", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    const foreign = (await stage.use((workspace) => workspace.statePull())) ?? "";
    await stage.scene.loseState();
    await stage.apply();
    for (const force of [false, true]) {
      const pushing = stage.use((workspace) =>
        workspace.statePush(foreign, { force, lockTimeoutMs: 0 }),
      );
      await expect(pushing).rejects.toMatchObject({ code: "failed-precondition" });
    }
  });
});

describe("rules", () => {
  it("do not count as applied while their cluster could not be looked at", async () => {
    const stage = await Stage.begin();
    await stage.nights(2);
    stage.scene.yaml = yamlOf("", 1);
    stage.prod.isReachable = false;
    await stage.apply();
    const state = await stage.readState();
    expect(state?.policies["policy.nightly"]?.retention).toEqual({ last: 2 });
  });

  it("write nothing new about themselves when nothing has changed", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    await stage.apply();
    const before = await stage.readState();
    await stage.apply();
    const { serial: _, ...after } = (await stage.readState()) ?? { serial: 0 };
    expect(after).toEqual({
      ...before,
      serial: undefined,
      journalSeq: (before?.journalSeq ?? 0) + 1,
    });
  });
});

describe("a restore by hand", () => {
  it("brings a dropped table back under its own name", async () => {
    const stage = await Stage.begin();
    await stage.apply();
    const wanted = stage.prod.read("docs");
    stage.prod.drop("docs");
    const applied = await stage.use((workspace) =>
      workspace.restore({
        from: { kind: "repository", repository: "vault", cluster: "prod", collection: "docs" },
        at: "latest",
        to: { cluster: "prod", collection: "docs" },
        ifExists: "fail",
        check: "count",
        lockTimeoutMs: 0,
        approve: () => Promise.resolve(true),
        onEvent: () => undefined,
      }),
    );
    expect(applied.result?.exit).toBe("done");
    expect(stage.prod.read("docs")).toEqual(wanted);
  });
});

describe("one-shot wishes", () => {
  it("run once, and again only when asked", async () => {
    const stage = await Stage.begin();
    stage.scene.yaml = yamlOf(
      "snapshots: { before: { cluster: prod, collection: docs, repository: vault } }\n" +
        "restores:\n" +
        "  back: { from: { snapshot: before }, to: { cluster: prod, collection: again } }\n",
    );
    await stage.apply();
    const first = await stage.ids();
    stage.prod.drop("again");
    stage.scene.clock.advance(DAY_MS / 24);
    stage.prod.write("docs", pointsOf(0, 2, 9));
    const { plan } = await stage.apply();
    expect(plan.actions).toEqual([]);
    expect(plan.diagnostics.map(({ code }) => code)).toContain("restore-lost");
    const forced = await stage.apply({ options: { force: ["snapshot.before"] } });
    expect(forced.result?.counts.done).toBe(1);
    expect(await stage.ids()).toHaveLength(first.length + 1);
  });
});
