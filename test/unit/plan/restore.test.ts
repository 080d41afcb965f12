import { describe, expect, it } from "vitest";
import type { Desired, DesiredRestore } from "../../../src/desired/desired.ts";
import type { RestoreRecord, State } from "../../../src/ledger/state.ts";
import { planConfig, type PlanOptions } from "../../../src/plan/plan-config.ts";
import { wishOf } from "../../../src/plan/restore-plan.ts";
import type { Inventory } from "../../../src/snapshot/inventory.ts";
import * as build from "./build.ts";

const [today, yesterday, before] = build.nights(3) as [
  ReturnType<typeof build.snap>,
  ReturnType<typeof build.snap>,
  ReturnType<typeof build.snap>,
];
const night = [today, yesterday, before];

interface Given {
  readonly inventory?: Partial<Inventory>;
  readonly desired?: Partial<Desired>;
  readonly state?: State | null;
  readonly options?: PlanOptions;
  readonly now?: Date;
}

function plan(restore: DesiredRestore, given: Given = {}) {
  const inventory = build.world({ snapshots: night, ...given.inventory });
  const policies = [build.policy()];
  const desired = build.desire({ policies, restores: [restore], ...given.desired });
  const { state = build.ledger(), now = build.NOW, options } = given;
  return planConfig(desired, inventory, state, now, options);
}

const sourceOf = (restore: DesiredRestore, given: Given = {}) =>
  plan(restore, given).actions.find(({ kind }) => kind === "restore")?.snapshotId;
const at = (instant: string): DesiredRestore =>
  build.restoreTo(
    {},
    {
      from: { kind: "policy", policy: "nightly", cluster: "prod", collection: "docs", at: instant },
    },
  );
const fromVault: DesiredRestore = build.restoreTo(
  {},
  {
    from: {
      kind: "repository",
      repository: "vault",
      cluster: "prod",
      collection: "docs",
      at: "latest",
    },
  },
);

function done(restore: DesiredRestore, over: Partial<RestoreRecord> = {}): State {
  const record: RestoreRecord = {
    address: `restore.${restore.name}`,
    snapshotId: today.id,
    cluster: "prod",
    collection: restore.to.collection,
    alias: null,
    targetIdentity: "restored-1",
    procedure: "new",
    at: "2026-11-21T02:30:00.000Z",
    check: "hashes",
    wish: wishOf(restore),
    undo: null,
    ...over,
  };
  return build.ledger({ restores: { [record.address]: record } });
}

const withTarget = (identity = "restored-1", name = "docs-restored") => ({
  clusters: [
    build.cluster({ collections: [build.collection(), build.collection({ name, identity })] }),
  ],
});

describe("what a restore reads", () => {
  it("is the newest complete snapshot of the policy", () => {
    expect(sourceOf(build.restoreTo())).toBe(today.id);
    const copies = [build.copy("cluster", "damaged")];
    const made = plan(at("latest"), { inventory: { snapshots: [{ ...today, copies }, before] } });
    expect(made.actions.find(({ kind }) => kind === "restore")?.dependsOn).toHaveLength(1);
  });

  it("is the snapshot that this very plan makes, and waits for it and its copy", () => {
    const policies = [build.policy({ repository: "vault" })];
    const made = plan(build.restoreTo(), { desired: { policies }, inventory: { snapshots: [] } });
    const [create, copy, restore] = made.actions;
    expect(restore).toMatchObject({
      kind: "restore",
      snapshotId: create?.snapshotId,
      from: { place: "repository.vault" },
      dependsOn: [create?.id, copy?.id],
    });
  });

  it("is the newest that had finished by an instant", () => {
    expect(sourceOf(at("2026-11-20T02:00:00.000Z"))).toBe(yesterday.id);
    expect(sourceOf(at("2026-11-20T01:59:59.999Z"))).toBe(before.id);
  });

  it("is nothing for an instant before all snapshots, or one that has not come", () => {
    expect(plan(at("2026-01-01T00:00:00.000Z")).problems).toMatchObject([{ code: "not-found" }]);
    expect(plan(at("2027-01-01T00:00:00.000Z")).problems).toMatchObject([
      { code: "failed-precondition", message: "2027-01-01T00:00:00.000Z lies in the future" },
    ]);
  });

  it("is the snapshot of an id", () => {
    expect(sourceOf(at(before.id))).toBe(before.id);
  });

  it("is a named snapshot", () => {
    const named = { ...before, id: "named", owner: build.owner("snapshot.before-v2") };
    const restore = build.restoreTo(
      {},
      {
        from: {
          kind: "snapshot",
          snapshot: "before-v2",
          cluster: "prod",
          collection: "docs",
        },
      },
    );
    const desired = { snapshots: [build.named()] };
    expect(sourceOf(restore, { desired, inventory: { snapshots: [today, named] } })).toBe("named");
  });

  it("is what a repository holds, with the source cluster down and no state", () => {
    const copies = [build.copy("repository.vault")];
    const clusters = [
      build.cluster({ reachable: false, identity: null, collections: [] }),
      build.cluster({ name: "staging", identity: "staging-1", collections: [] }),
    ];
    const restore = { ...fromVault, to: { ...fromVault.to, cluster: "staging" } };
    const snapshots = [today, { ...yesterday, copies }];
    const made = plan(restore, { inventory: { clusters, snapshots }, state: null });
    expect(made.actions.find(({ kind }) => kind === "restore")).toMatchObject({
      snapshotId: yesterday.id,
      from: { place: "repository.vault", cluster: "prod" },
    });
  });

  it("is refused into a name that the engine does not take", () => {
    const names = { pattern: "^[a-z]+$", rule: "must have small letters only" };
    const capabilities = { ...build.cluster().capabilities, targetNames: names };
    const clusters = [build.cluster({ capabilities })];
    const into = (collection: string) =>
      plan(build.restoreTo({ collection }), { inventory: { clusters } });
    expect(into("copy").problems).toEqual([]);
    const refused = into("Copy");
    expect(refused.actions.filter(({ kind }) => kind === "restore")).toEqual([]);
    expect(refused.problems).toMatchObject([
      {
        code: "invalid-argument",
        message: expect.stringMatching(/of the name "Copy": names must have small/) as string,
      },
    ]);
  });

  it("is never what a restore saved before it replaced something, unless by its id", () => {
    const safety = build.snap("2026-11-21T02:30:00Z", {
      owner: build.owner("restore.staging"),
      copies: [build.copy("repository.vault")],
      keepUntil: "2026-11-28T00:00:00.000Z",
    });
    const copies = [build.copy("repository.vault")];
    const snapshots = [safety, { ...today, copies }];
    expect(sourceOf(fromVault, { inventory: { snapshots } })).toBe(today.id);
    const from = { ...fromVault.from, at: safety.id } as DesiredRestore["from"];
    expect(sourceOf({ ...fromVault, from }, { inventory: { snapshots } })).toBe(safety.id);
    // It may lie on the cluster alone, where only a policy leads.
    const native = { ...safety, copies: [{ ...copies[0], place: "cluster" as const }] };
    const byPolicy = { inventory: { snapshots: [native, today] } } as Given;
    expect(sourceOf(at(safety.id), byPolicy)).toBe(safety.id);
    expect(sourceOf(at("latest"), byPolicy)).not.toBe(safety.id);
  });

  it("stays until the restore has read it", () => {
    const made = plan(at(build.nights(6)[5]?.id ?? ""), {
      inventory: { snapshots: build.nights(6) },
    });
    const restore = made.actions.find(({ kind }) => kind === "restore");
    const expire = made.actions.find(
      ({ kind, snapshotId }) => kind === "expire" && snapshotId === restore?.snapshotId,
    );
    expect(expire?.dependsOn).toContain(restore?.id);
  });
});

describe("the target of a restore", () => {
  it("that does not exist is made new", () => {
    expect(plan(build.restoreTo()).actions).toMatchObject([
      { kind: "restore", procedure: "new", hazards: [], targetIdentity: null },
    ]);
  });

  it("that exists is a problem unless something else is declared", () => {
    const made = plan(build.restoreTo(), { inventory: withTarget() });
    expect(made.problems).toMatchObject([{ code: "already-exists" }]);
    expect(made.actions).toEqual([]);
  });

  it("is replaced after what it holds was saved, and both are held back together", () => {
    const made = plan(build.restoreTo({ ifExists: "replace" }), { inventory: withTarget() });
    const [safety, restore] = made.actions;
    expect(safety).toMatchObject({
      kind: "create",
      collection: "docs-restored",
      keepUntil: "2026-11-28T03:00:00.000Z",
      hazards: ["overwrites-data"],
    });
    expect(restore).toMatchObject({
      procedure: "replace",
      targetIdentity: "restored-1",
      hazards: ["overwrites-data"],
      dependsOn: [safety?.id],
    });
    expect(made.summary.withheld).toBe(2);
    expect(made.recovery.map(({ collection }) => collection)).toEqual(["docs"]);
  });

  it("has an acknowledgement that is still good when it is applied later", () => {
    const restore = build.restoreTo({ ifExists: "replace" });
    const first = plan(restore, { inventory: withTarget() });
    const later = plan(restore, {
      inventory: withTarget(),
      now: new Date(build.NOW.getTime() + 600_000),
    });
    expect(later.actions[0]?.id).not.toBe(first.actions[0]?.id);
    expect(later.acknowledge).toBe(first.acknowledge);
  });

  it("that is the very collection of the snapshot is rolled back in place", () => {
    const copies = [build.copy("repository.vault")];
    const clusters = [build.cluster({}, "lancedb")];
    const policies = [build.policy({ repository: "vault" })];
    const restore = build.restoreTo({ collection: "docs", ifExists: "replace" });
    const snapshots = [{ ...today, engine: "lancedb", copies }];
    const made = plan(restore, { desired: { policies }, inventory: { clusters, snapshots } });
    expect(made.actions).toMatchObject([
      { kind: "create", place: "repository.vault" },
      { kind: "restore", procedure: "in-place" },
    ]);
  });

  it("behind an alias has a dated name", () => {
    const made = plan(build.restoreTo({ ifExists: "alias", alias: "live" }));
    expect(made.actions).toMatchObject([
      { kind: "restore", collection: "docs-restored__20261121_020000", alias: "live" },
    ]);
  });

  it.each<[string, DesiredRestore, Partial<Inventory>, string]>([
    [
      "an alias where the engine has none",
      build.restoreTo({ ifExists: "alias", alias: "live" }),
      { clusters: [build.cluster({}, "lancedb")], snapshots: [{ ...today, engine: "lancedb" }] },
      "unimplemented",
    ],
    [
      "an alias with the name of a collection",
      build.restoreTo({ ifExists: "alias", alias: "docs" }),
      {},
      "already-exists",
    ],
    [
      "a replacement where the engine cannot",
      build.restoreTo({ ifExists: "replace" }),
      {
        clusters: [
          build.cluster(
            { collections: [build.collection(), build.collection({ name: "docs-restored" })] },
            "milvus",
          ),
        ],
        snapshots: [{ ...today, engine: "milvus" }],
      },
      "unimplemented",
    ],
    [
      "a check that the engine never reaches",
      build.restoreTo({}, { check: "deep" }),
      {},
      "unimplemented",
    ],
    [
      "a snapshot of another engine",
      build.restoreTo(),
      { snapshots: [{ ...today, engine: "milvus" }] },
      "failed-precondition",
    ],
    [
      "a cluster that cannot be reached",
      build.restoreTo({ cluster: "staging" }),
      { clusters: [build.cluster(), build.cluster({ name: "staging", reachable: false })] },
      "unavailable",
    ],
    [
      "another cluster, with a snapshot that cannot leave its own",
      build.restoreTo({ cluster: "staging" }),
      {
        clusters: [build.cluster({}, "milvus"), build.cluster({ name: "staging" }, "milvus")],
        snapshots: [{ ...today, engine: "milvus" }],
      },
      "unimplemented",
    ],
  ])("is a problem in the plan: %s", (_, restore, inventory, code) => {
    const made = plan(restore, { inventory });
    expect(made.problems).toMatchObject([{ address: "restore.staging", code }]);
    expect(made.actions).toEqual([]);
  });
});

describe("a restore that was done", () => {
  const once = build.restoreTo();
  const follow = build.restoreTo({ ifExists: "replace" }, { refresh: "follow" });

  it("is not repeated when a newer snapshot exists", () => {
    const state = done(once, { snapshotId: before.id });
    const made = plan(once, { inventory: withTarget(), state });
    expect(made.actions).toEqual([]);
    expect(made.diagnostics).toEqual([]);
  });

  it("is reported when its result has vanished or was replaced, and not repeated", () => {
    const vanished = plan(once, { state: done(once) });
    expect(vanished.diagnostics).toMatchObject([{ code: "restore-lost", severity: "warning" }]);
    expect(vanished.actions).toEqual([]);
    const replaced = plan(once, { inventory: withTarget("another"), state: done(once) });
    expect(replaced.diagnostics[0]?.detail).toContain("replaced by another collection");
  });

  it("is repeated when it is asked for", () => {
    const options = { force: ["restore.staging"] };
    const made = plan(once, { state: done(once), options });
    expect(made.actions).toMatchObject([{ kind: "restore", reason: "asked for again" }]);
  });

  it("is done anew when what is wished for has changed", () => {
    const state = done(once, { wish: "another" });
    expect(plan(once, { state }).actions).toMatchObject([{ kind: "restore" }]);
  });

  it("follows a newer snapshot where it is declared to, and only then", () => {
    const state = done(follow, { snapshotId: before.id });
    const made = plan(follow, { inventory: withTarget(), state });
    expect(made.actions.map(({ kind }) => kind)).toEqual(["create", "restore"]);
    const current = plan(follow, { inventory: withTarget(), state: done(follow) });
    expect(current.actions).toEqual([]);
  });

  it("is known under its new name", () => {
    const moved = [{ from: "restore.staging", to: "restore.renamed" }];
    const renamed = { ...once, name: "renamed" };
    const made = plan(renamed, {
      desired: { moved },
      inventory: withTarget(),
      state: done(once),
    });
    expect(made.problems).toEqual([]);
    expect(made.actions).toEqual([]);
  });
});
