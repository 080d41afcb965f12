// Nights of a policy on a Qdrant cluster, with a clock in the test's hand: what stays in the vault,
// what stays on the nodes, and what a plan says of both.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Plan } from "../../../src/plan/plan.ts";
import { startFakeQdrant, type FakeQdrant } from "../../../src/testing/qdrant/fake-qdrant.ts";
import { loadWorkspace } from "../../../src/workspace/load.ts";
import type { Workspace } from "../../../src/workspace/workspace.ts";
import { TestClock } from "../../crash/test-clock.ts";
import { makeCollection, qdrantConfig, writePoints } from "../../golden/cli/qdrant-stage.ts";

const DAY_MS = 24 * 3_600_000;

/** A cluster with the collection `docs`, and a configuration in a folder of its own. */
class Nights {
  readonly fake: FakeQdrant;
  readonly clock: TestClock;
  readonly folder: string;

  private constructor(fake: FakeQdrant, clock: TestClock, folder: string) {
    this.fake = fake;
    this.clock = clock;
    this.folder = folder;
  }

  static async begin(retention: string, policy: string): Promise<Nights> {
    const clock = new TestClock("2026-03-10T12:00:00Z");
    const fake = await startFakeQdrant({ clock });
    const folder = await mkdtemp(join(tmpdir(), "snapform-nights-"));
    onTestFinished(async () => {
      await fake.close();
      await rm(folder, { recursive: true });
    });
    await makeCollection(fake, "docs", 60);
    await writeFile(join(folder, "snapform.yaml"), qdrantConfig(fake.urls, { retention, policy }));
    return new Nights(fake, clock, folder);
  }

  async use<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
    const { workspace, diagnostics } = await loadWorkspace({
      files: ["snapform.yaml"],
      directory: this.folder,
      env: {},
      clock: this.clock,
      signal: new AbortController().signal,
    });
    if (!workspace) throw new Error(JSON.stringify(diagnostics));
    try {
      return await work(workspace);
    } finally {
      await workspace.close();
    }
  }

  plan(): Promise<Plan> {
    return this.use(async (workspace) => (await workspace.plan({})).plan);
  }

  /** One run; gives how it ended. */
  apply(): Promise<string | undefined> {
    return this.use(async (workspace) => {
      const { result } = await workspace.apply({
        lockTimeoutMs: 0,
        approve: () => Promise.resolve(true),
        onEvent: () => undefined,
      });
      return result?.exit;
    });
  }

  /** The next day, with other data. */
  async dawn(night: number): Promise<void> {
    await writePoints(this.fake, "docs", 60, night);
    this.clock.advance(DAY_MS);
  }

  /** How many snapshots lie on each node, and how many in the vault. */
  async stock(): Promise<{ readonly nodes: readonly number[]; readonly vault: number }> {
    const files = await Promise.all(this.fake.nodes.map((node) => node.files()));
    const nodes = files.map((all) => all.filter((path) => path.endsWith(".snapshot")).length);
    const snapshots = await this.use(async (workspace) => (await workspace.observe()).snapshots);
    const copies = snapshots.flatMap((snapshot) => snapshot.copies);
    const vault = copies.filter((copy) => copy.place === "repository.vault").length;
    return { nodes, vault };
  }
}

describe.each([0, 1, 2])("a policy with keepOnCluster: %i", (keep) => {
  it("keeps so many on the nodes and as many as retention says in the vault", async () => {
    const nights = await Nights.begin("{ last: 3 }", `    keepOnCluster: ${keep}`);
    for (let night = 1; night <= 5; night += 1) {
      const plan = await nights.plan();
      expect(plan.actions.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(["create", "copy"]),
      );
      expect(await nights.apply()).toBe("done");
      const onNodes = Math.min(keep, night);
      expect(await nights.stock()).toEqual({
        nodes: [onNodes, onNodes, onNodes],
        vault: Math.min(3, night),
      });
      expect((await nights.plan()).actions).toEqual([]);
      await nights.dawn(night);
    }
  });

  it("shows in the plan from which place a snapshot goes, and what can be undone", async () => {
    const nights = await Nights.begin("{ last: 3 }", `    keepOnCluster: ${keep}`);
    for (let night = 1; night <= 3; night += 1) {
      await nights.apply();
      await nights.dawn(night);
    }
    const expires = (await nights.plan()).actions.filter((action) => action.kind === "expire");
    const shown = expires.map(({ places, reason, undoUntil }) => ({
      places,
      reason,
      isUndoable: undoUntil !== null,
    }));
    const oldest = {
      places: ["repository.vault"],
      reason: expect.stringContaining("beyond retention") as string,
      isUndoable: true,
    };
    const native = {
      places: ["cluster"],
      reason: expect.stringContaining(`beyond keepOnCluster ${keep}; its copy is`) as string,
      isUndoable: false,
    };
    expect(shown).toHaveLength(2);
    expect(shown).toEqual(expect.arrayContaining([oldest, native]));
  });
});

describe("a night that goes wrong", () => {
  it("leaves a part of a first snapshot until there is a whole one, and it fills no slot", async () => {
    const nights = await Nights.begin("{ last: 2 }", "    keepOnCluster: 1");
    const fault = { kind: "disk-full" } as const;
    const order = nights.fake.fault({ fault, method: "POST", node: 2, path: /s$/, times: 99 });
    expect(await nights.apply()).not.toBe("done");
    expect(await nights.stock()).toEqual({ nodes: [1, 1, 0], vault: 0 });
    order.remove();
    nights.clock.advance(60_000);
    expect(await nights.apply()).toBe("done");
    expect(await nights.apply()).toBe("done");
    expect(await nights.stock()).toEqual({ nodes: [1, 1, 1], vault: 1 });
    expect((await nights.plan()).actions).toEqual([]);
  });

  it("lets nothing leave the nodes whose copy was not made, and makes no second snapshot", async () => {
    const nights = await Nights.begin("{ last: 2 }", "    keepOnCluster: 0");
    const fault = { kind: "answer", status: 502, body: "<html>Bad Gateway</html>" } as const;
    const path = /\.snapshot$/;
    const order = nights.fake.fault({ fault, method: "GET", node: 1, path, times: 999 });
    expect(await nights.apply()).toBe("partial");
    expect(await nights.stock()).toEqual({ nodes: [1, 1, 1], vault: 0 });
    const plan = await nights.plan();
    expect(plan.actions.map(({ kind }) => kind)).not.toContain("create");
    expect(plan.actions.map(({ kind }) => kind)).toContain("copy");
    order.remove();
    expect(await nights.apply()).toBe("done");
    expect(await nights.stock()).toEqual({ nodes: [0, 0, 0], vault: 1 });
    const posts = nights.fake.requests.filter(
      (request) => request.method === "POST" && request.path.endsWith("/snapshots"),
    );
    expect(posts).toHaveLength(3);
  });

  it("expires nothing while a node does not answer, and catches up afterwards", async () => {
    const nights = await Nights.begin("{ last: 1 }", "    keepOnCluster: 1");
    await nights.apply();
    await nights.dawn(1);
    await nights.apply();
    await nights.dawn(2);
    await nights.fake.nodes[0]?.stop();
    expect(await nights.apply()).toBe("partial");
    expect((await nights.plan()).actions.filter(({ kind }) => kind === "expire")).toEqual([]);
    await nights.fake.nodes[0]?.start();
    expect(await nights.stock()).toEqual({ nodes: [1, 1, 1], vault: 1 });
    nights.clock.advance(DAY_MS);
    expect(await nights.apply()).toBe("done");
    expect(await nights.stock()).toEqual({ nodes: [1, 1, 1], vault: 1 });
  });
});
