import { describe, expect, it } from "vitest";
import { planConfig, type PlanOptions } from "../../../src/plan/plan-config.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Desired } from "../../../src/desired/desired.ts";
import type { State } from "../../../src/ledger/state.ts";
import type { Inventory } from "../../../src/snapshot/inventory.ts";
import * as build from "./build.ts";

interface Given {
  readonly desired?: Partial<Desired>;
  readonly inventory?: Partial<Inventory>;
  readonly state?: State | null;
  readonly now?: Date;
  readonly options?: PlanOptions;
}

function plan(given: Given = {}): Plan {
  const desired = build.desire({ policies: [build.policy()], ...given.desired });
  const inventory = build.world(given.inventory);
  const state = given.state === undefined ? build.ledger() : given.state;
  return planConfig(desired, inventory, state, given.now ?? build.NOW, given.options);
}

const lines = (made: Plan): string[] =>
  made.actions.map(({ kind, snapshotId }) => `${kind} ${snapshotId}`);
const expired = (made: Plan): string[] =>
  made.actions.flatMap(({ kind, snapshotId }) => (kind === "expire" ? [snapshotId] : []));
const reasonsOf = (made: Plan, id: string): readonly string[] | undefined =>
  made.keeps.find(({ snapshotId }) => snapshotId === id)?.reasons;
const stored = { repositories: [build.repository()] };
const toVault = { policies: [build.policy({ repository: "vault" })] };
const [today, yesterday, before] = build.nights(3) as [
  ReturnType<typeof build.snap>,
  ReturnType<typeof build.snap>,
  ReturnType<typeof build.snap>,
];

describe("a run", () => {
  it("is due when its time has passed and nothing was made for it", () => {
    const made = plan({ inventory: { snapshots: [yesterday] } });
    const [create] = made.actions;
    expect(create).toMatchObject({ kind: "create", scheduledFor: "2026-11-21T02:00:00.000Z" });
    expect(create?.reason).toBe("due since 2026-11-21T02:00:00Z");
  });

  it("is made at once for a collection that has no snapshot yet", () => {
    expect(plan().actions[0]?.reason).toBe("first snapshot; due since 2026-11-21T02:00:00Z");
  });

  it("is covered by a complete snapshot for it", () => {
    expect(plan({ inventory: { snapshots: [today] } }).actions).toEqual([]);
  });

  it("is made up once, however many were missed", () => {
    const old = build.snap("2026-10-01T02:00:00Z");
    expect(lines(plan({ inventory: { snapshots: [old] } }))).toHaveLength(1);
  });

  it("is covered by run times, whatever the server's clock says", () => {
    const slow = build.snap("2026-11-20T23:00:00Z", { scheduledFor: "2026-11-21T02:00:00.000Z" });
    expect(plan({ inventory: { snapshots: [slow] } }).actions).toEqual([]);
    const fast = build.snap("2026-11-21T03:20:00Z", { scheduledFor: "2026-11-21T02:00:00.000Z" });
    expect(plan({ inventory: { snapshots: [fast] } }).actions).toEqual([]);
  });

  it("is not covered by a run time in the future, which a wrong clock has left", () => {
    const ahead = build.snap("2026-11-20T02:00:00Z", { scheduledFor: "2030-01-01T02:00:00.000Z" });
    expect(lines(plan({ inventory: { snapshots: [ahead] } }))[0]).toMatch(/^create/);
  });

  it("is covered by what another state of this project made of the same cluster", () => {
    const other = build.owner("policy.nightly", { lineage: "lost" });
    const made = plan({ inventory: { snapshots: [{ ...today, owner: other }] } });
    expect(made.actions).toEqual([]);
    expect(made.diagnostics.map(({ code }) => code)).toEqual(["state-missing"]);
  });

  it("is not covered by what another state made of another cluster of this name", () => {
    const other = build.owner("policy.nightly", { lineage: "laptop" });
    const snapshots = [{ ...today, owner: other, clusterIdentity: "laptop" }];
    expect(lines(plan({ inventory: { snapshots } }))[0]).toMatch(/^create/);
  });

  it("is not covered by another state's snapshot that never reached the repository", () => {
    const other = build.owner("policy.nightly", { lineage: "lost" });
    const snapshots = [{ ...today, owner: other }];
    const made = plan({ desired: toVault, inventory: { ...stored, snapshots } });
    expect(made.actions.map(({ kind }) => kind)).toEqual(["create", "copy"]);
  });

  it("that failed is made again under an id of its own", () => {
    const [first] = plan().actions;
    const failed = {
      ...today,
      id: first?.snapshotId ?? "",
      copies: [build.copy("cluster", "partial")],
    };
    const [again] = plan({ inventory: { snapshots: [failed] } }).actions;
    expect(again?.kind).toBe("create");
    expect(again?.snapshotId).not.toBe(failed.id);
  });

  it("whose snapshot is damaged is made again under an id of its own", () => {
    const [first] = plan({ desired: toVault }).actions;
    const copies = [build.copy("repository.vault", "damaged")];
    const damaged = { ...today, id: first?.snapshotId ?? "", copies };
    const made = plan({ desired: toVault, inventory: { ...stored, snapshots: [damaged] } });
    expect(made.actions[0]?.kind).toBe("create");
    expect(made.actions[0]?.snapshotId).not.toBe(damaged.id);
    expect(reasonsOf(made, damaged.id)?.[0]).toMatch(/^damaged/);
  });

  it("can be asked for twice within one second", () => {
    const options = { force: ["policy.nightly"] };
    const [first] = plan({ options }).actions;
    const snapshots = [{ ...today, id: first?.snapshotId ?? "" }];
    const [second] = plan({ options, inventory: { snapshots } }).actions;
    expect(second).toMatchObject({ kind: "create", reason: "asked for" });
    expect(second?.snapshotId).not.toBe(first?.snapshotId);
  });

  it("of a collection with a fault is a problem, and holds its expires back", () => {
    const problem = { code: "unimplemented", message: "too odd" };
    const clusters = [build.cluster({ collections: [build.collection({ problem })] })];
    const snapshots = build.nights(6).slice(1);
    const made = plan({ inventory: { clusters, snapshots } });
    expect(made.problems).toMatchObject([{ code: "unimplemented", collection: "docs" }]);
    expect(made.actions.every(({ hazards }) => hazards.includes("run-uncovered"))).toBe(true);
  });
});

describe("copies", () => {
  const onCluster = { ...today, copies: [build.copy()] };
  const both = (each: typeof today) => ({
    ...each,
    copies: [build.copy(), build.copy("repository.vault")],
  });

  it("are made of a snapshot that lacks only its copy, without a second create", () => {
    const made = plan({ desired: toVault, inventory: { ...stored, snapshots: [onCluster] } });
    expect(lines(made)).toEqual([`copy ${today.id}`]);
  });

  it("are not made of what retention is about to release", () => {
    const old = build.nights(6);
    const made = plan({ desired: toVault, inventory: { ...stored, snapshots: old } });
    const copied = made.actions.filter(({ kind }) => kind === "copy").map((a) => a.snapshotId);
    expect(copied.sort()).toEqual(
      old
        .slice(0, 3)
        .map(({ id }) => id)
        .sort(),
    );
    const gone = new Set(expired(made));
    expect(old.slice(3).every(({ id }) => gone.has(id))).toBe(true);
  });

  it("leave the cluster beyond keepOnCluster once the one in the repository is complete", () => {
    const snapshots = [both(today), both(yesterday), { ...before, copies: [build.copy()] }];
    const made = plan({ desired: toVault, inventory: { ...stored, snapshots } });
    const gone = made.actions.filter(({ kind }) => kind === "expire");
    expect(gone).toMatchObject([
      { snapshotId: before.id, places: ["cluster"], isWhole: false },
      { snapshotId: yesterday.id, places: ["cluster"], isWhole: false },
    ]);
    expect(gone[0]?.dependsOn).toEqual([`copy:${before.id}@prod/docs>repository.vault`]);
  });

  it("that are partial do not count as kept on the cluster", () => {
    const failed = build.snap("2026-11-21T02:30:00Z", {
      copies: [build.copy("cluster", "partial")],
      scheduledFor: null,
    });
    const snapshots = [failed, both(today), both(yesterday)];
    const made = plan({ desired: toVault, inventory: { ...stored, snapshots } });
    expect(made.actions.map(({ id }) => id)).toEqual([
      `expire:${yesterday.id}@prod/docs<cluster`,
      `expire:${failed.id}@prod/docs<cluster`,
    ]);
  });

  it("with keepOnCluster 0 leave nothing on the cluster, in one plan", () => {
    const policies = [build.policy({ repository: "vault", keepOnCluster: 0 })];
    const made = plan({ desired: { policies }, inventory: stored });
    expect(made.actions.map(({ kind }) => kind)).toEqual(["create", "copy", "expire"]);
    const [create, copy, expire] = made.actions;
    expect(expire).toMatchObject({ places: ["cluster"], isWhole: false });
    expect(expire?.dependsOn).toEqual([create?.id, copy?.id]);
  });

  it("are never written over a damaged one", () => {
    const copies = [build.copy(), build.copy("repository.vault", "damaged")];
    const made = plan({
      desired: toVault,
      inventory: { ...stored, snapshots: [{ ...today, copies }] },
    });
    expect(made.actions.map(({ kind }) => kind)).toEqual(["create", "copy"]);
    expect(made.actions[1]?.snapshotId).not.toBe(today.id);
  });

  it("into a repository are refused where the engine cannot read its snapshots out", () => {
    const clusters = [build.cluster({}, "milvus")];
    const made = plan({ desired: toVault, inventory: { clusters } });
    expect(made.diagnostics).toMatchObject([{ severity: "error", code: "no-copy-out" }]);
    expect(made.actions).toEqual([]);
  });

  it("count where the policy's repository was another one before", () => {
    const snapshots = [{ ...today, copies: [build.copy("repository.old")] }];
    const made = plan({ desired: toVault, inventory: { ...stored, snapshots } });
    expect(made.actions.map(({ kind }) => kind)).toEqual(["create", "copy"]);
    expect(made.actions[0]?.snapshotId).not.toBe(today.id);
    expect(reasonsOf(made, today.id)).toEqual(["last 2"]);
  });
});

describe("retention", () => {
  it("gives each snapshot that stays its reasons, and the rest an expire", () => {
    const all = build.nights(5);
    const made = plan({ inventory: { snapshots: all } });
    expect(made.keeps.map(({ reasons }) => reasons.join())).toEqual([
      "last 1,newest complete",
      "last 2",
      "last 3",
    ]);
    expect(expired(made)).toHaveLength(2);
    expect(made.actions[0]).toMatchObject({ reason: "beyond retention", isWhole: true });
  });

  it("keeps minKeep of the newest, whatever the rules say", () => {
    const retention = { keepAll: false, rules: { within: "1h" }, minKeep: 3 };
    const policies = [build.policy({ retention })];
    const made = plan({ desired: { policies }, inventory: { snapshots: build.nights(5) } });
    expect(made.keeps.map(({ reasons }) => reasons[0])).toEqual([
      "within 1h",
      "at least 3",
      "at least 3",
    ]);
  });

  it("counts what the plan is about to make, and waits for it", () => {
    const snapshots = build.nights(4).slice(1);
    const made = plan({ inventory: { snapshots } });
    expect(made.actions.map(({ kind }) => kind)).toEqual(["create", "expire"]);
    expect(made.actions[1]?.dependsOn).toEqual([made.actions[0]?.id]);
  });

  it("fills slots with complete snapshots only, and lets failed parts go", () => {
    const failed = build.snap("2026-11-21T02:30:00Z", {
      copies: [build.copy("cluster", "partial")],
      scheduledFor: null,
    });
    const made = plan({ inventory: { snapshots: [...build.nights(3), failed] } });
    expect(expired(made)).toEqual([failed.id]);
    expect(made.actions[0]?.reason).toBe("incomplete; a complete one exists");
  });

  it("keeps the newest failed parts while there is nothing whole, and the plan cannot make it", () => {
    const copies = [build.copy("cluster", "partial")];
    const problem = { code: "unimplemented", message: "too odd" };
    const clusters = [build.cluster({ collections: [build.collection({ problem })] })];
    const snapshots = build.nights(2, { copies });
    const made = plan({ inventory: { clusters, snapshots } });
    expect(reasonsOf(made, today.id)).toEqual([
      "newest incomplete; no complete snapshot exists yet",
    ]);
  });

  it("keeps a damaged snapshot for as long as it would have stayed whole", () => {
    const copies = [build.copy("cluster", "damaged")];
    const all = build.nights(5);
    const young = plan({ inventory: { snapshots: all.with(1, { ...yesterday, copies }) } });
    expect(reasonsOf(young, yesterday.id)).toEqual(["damaged: see `snapform repository check`"]);
    const oldest = all[4] as typeof today;
    const old = plan({ inventory: { snapshots: all.with(4, { ...oldest, copies }) } });
    const line = old.actions.find(({ snapshotId }) => snapshotId === oldest.id);
    expect(line?.reason).toBe("damaged, and beyond retention");
  });

  it.each([
    ["pinned", { pinned: true }, "pinned"],
    [
      "to be kept until later",
      { keepUntil: "2026-12-01T00:00:00.000Z" },
      "kept until 2026-12-01T00:00:00.000Z",
    ],
    [
      "partly unknown",
      { copies: [build.copy(), build.copy("repository.vault", "unknown")] },
      "unknown: something that holds it did not answer",
    ],
    [
      "of another cluster of this name",
      { clusterIdentity: "prod-0" },
      "made on another cluster of this name; adopt it to manage it",
    ],
    [
      "of another state",
      { owner: build.owner("policy.nightly", { lineage: "lost" }) },
      "made under another state; adopt it to manage it",
    ],
    [
      "of another project",
      { owner: build.owner("policy.nightly", { project: "other" }) },
      "of project other",
    ],
    ["of nobody", { owner: null }, "unmanaged: snapform did not make it"],
  ])("keeps a snapshot that is %s", (_, over, reason) => {
    const all = build.nights(6);
    const last = { ...(all[5] as typeof today), ...over };
    const made = plan({ inventory: { snapshots: all.with(5, last) } });
    expect(expired(made)).not.toContain(last.id);
    expect(reasonsOf(made, last.id)).toContain(reason);
  });

  it("gives one reason for doubt, whatever the order of the copies", () => {
    const copies = [
      build.copy("cluster", "unreachable"),
      build.copy("repository.vault", "unknown"),
    ];
    const reasons = [copies, copies.toReversed()].map((each) =>
      reasonsOf(plan({ inventory: { snapshots: [{ ...today, copies: each }] } }), today.id),
    );
    expect(reasons[0]).toEqual(reasons[1]);
  });

  it("expires what was adopted, also when its own mark is another project's", () => {
    const owner = build.owner("policy.x", { project: "other", lineage: "theirs" });
    const last = { ...before, id: "adopted", startedAt: "2026-11-01T02:00:00.000Z", owner };
    const adopted = build.record(last, { address: "policy.nightly", adoptedAt: "2026-11-02" });
    const state = build.ledger({ snapshots: { adopted } });
    const made = plan({ inventory: { snapshots: [...build.nights(3), last] }, state });
    expect(expired(made)).toEqual(["adopted"]);
  });

  it("is not misled by a name that every object has", () => {
    const odd = { ...before, id: "constructor", owner: null };
    const made = plan({ inventory: { snapshots: [today, odd] } });
    expect(reasonsOf(made, "constructor")).toEqual(["unmanaged: snapform did not make it"]);
  });

  it("sets aside what is dated in the future", () => {
    const ahead = build.snap("2026-11-21T04:00:00Z", { scheduledFor: null });
    const made = plan({ inventory: { snapshots: [today, ahead] } });
    expect(reasonsOf(made, ahead.id)).toEqual(["dated in the future; set aside"]);
    expect(reasonsOf(made, today.id)).toContain("newest complete");
  });

  it("leaves alone what the policy matches no longer", () => {
    const clusters = [
      build.cluster({ collections: [build.collection(), build.collection({ name: "old" })] }),
    ];
    const snapshots = build.nights(6, { collection: "old" });
    const made = plan({ inventory: { clusters, snapshots: [...snapshots, today] } });
    expect(expired(made)).toEqual([]);
    expect(made.keeps.filter(({ collection }) => collection === "old")).toHaveLength(6);
  });

  it("keeps, and shows, what the policy made on the cluster that it named before", () => {
    const snapshots = build.nights(6, { cluster: "former", clusterIdentity: null });
    const made = plan({ inventory: { snapshots: [today, ...snapshots] } });
    expect(expired(made)).toEqual([]);
    const line = "policy.nightly is declared for another place now";
    expect(made.keeps.filter(({ reasons }) => reasons.includes(line))).toHaveLength(6);
  });

  it("never takes a policy's newest because a stranger's is newer", () => {
    const stranger = build.snap("2026-11-21T02:30:00Z", { owner: null });
    const orphans = build.nights(2, { owner: build.owner("policy.gone") });
    const removed = [{ address: "policy.gone", deleteSnapshots: true }];
    const desired = { policies: [], removed };
    const made = plan({ desired, inventory: { snapshots: [...orphans, stranger] } });
    expect(expired(made)).toEqual([yesterday.id]);
  });
});

describe("holds", () => {
  const snapshots = build.nights(6);
  const hazardsOf = (made: Plan) => [...new Set(made.actions.flatMap(({ hazards }) => hazards))];

  it("everything while the clock is behind what the state has seen", () => {
    const state = build.ledger({ lastSeenAt: "2026-11-21T03:00:00.001Z" });
    const made = plan({ inventory: { snapshots }, state });
    expect(hazardsOf(made)).toContain("clock-behind");
    expect(made.summary.withheld).toBe(3);
    expect(made.acknowledge).toBeNull();
  });

  it("compares instants, not texts", () => {
    const state = build.ledger({ lastSeenAt: "2026-11-21T03:00:00Z" });
    expect(hazardsOf(plan({ inventory: { snapshots }, state }))).not.toContain("clock-behind");
  });

  it("everything while the cluster cannot be reached", () => {
    const clusters = [build.cluster({ reachable: false, identity: null, collections: [] })];
    const made = plan({ inventory: { clusters, snapshots } });
    expect(hazardsOf(made)).toContain("cluster-unknown");
    expect(made.problems).toMatchObject([{ code: "unavailable" }]);
  });

  it("everything while the repository cannot be looked at", () => {
    const copies = [build.copy("repository.old")];
    const repositories = [build.repository({ status: "missing" })];
    const old = snapshots.map((each) => ({ ...each, copies }));
    const made = plan({ desired: toVault, inventory: { repositories, snapshots: old } });
    expect(hazardsOf(made)).toContain("repository-unknown");
    expect(made.problems).toMatchObject([{ code: "failed-precondition" }]);
  });

  it("everything of a collection that is gone", () => {
    const clusters = [build.cluster({ collections: [] })];
    const made = plan({ inventory: { clusters, snapshots } });
    expect(hazardsOf(made)).toContain("source-missing");
    expect(made.problems).toMatchObject([{ code: "not-found", collection: "docs" }]);
  });

  it("everything of a collection that is gone, which is said when only a pattern meant it", () => {
    const clusters = [build.cluster({ collections: [] })];
    const wanted = (collections: string[]) => ({ policies: [build.policy({ collections })] });
    const made = plan({ desired: wanted(["*"]), inventory: { clusters, snapshots } });
    expect(hazardsOf(made)).toContain("source-missing");
    expect(made.diagnostics).toMatchObject([{ severity: "warning", code: "collection-gone" }]);
    const excluded = plan({ desired: wanted(["*", "!docs"]), inventory: { clusters, snapshots } });
    expect(excluded.diagnostics).toEqual([]);
    expect(expired(excluded)).toEqual(expired(made));
  });

  it("what one policy would expire while another one's run on it cannot be made", () => {
    const other = build.policy({ name: "weekly", repository: "vault" });
    const repositories = [build.repository({ status: "unreachable" })];
    const desired = { policies: [build.policy(), other] };
    const made = plan({ desired, inventory: { snapshots, repositories } });
    expect(made.actions.map(({ address }) => address)[0]).toBe('policy.nightly["prod/docs"]');
    expect(made.actions.every(({ hazards }) => hazards.includes("run-uncovered"))).toBe(true);
  });

  it("nothing back for what another collection lacks", () => {
    expect(hazardsOf(plan({ inventory: { snapshots } }))).toEqual(["expires-snapshots"]);
  });

  describe("while the source has shrunk", () => {
    const half = [build.cluster({ collections: [build.collection({ points: 499 })] })];

    it("to less than half, until somebody acknowledges it", () => {
      const made = plan({ inventory: { clusters: half, snapshots } });
      expect(hazardsOf(made)).toEqual(["expires-snapshots", "source-shrunk"]);
      expect(made.acknowledge).toMatch(/^[0-9a-f]{12}$/);
    });

    it("also after the empty source was itself snapshotted", () => {
      const empty = { ...today, points: { before: 0, after: 0 } };
      const made = plan({ inventory: { snapshots: snapshots.with(0, empty) } });
      expect(hazardsOf(made)).toContain("source-shrunk");
    });

    it("and not after it was accepted, until it falls again from there", () => {
      const accepted = { at: "2026-11-21T02:30:00.000Z", points: 499 };
      const shrinks = { 'policy.nightly["prod/docs"]': accepted };
      const state = build.ledger({ shrinks });
      const calm = plan({ inventory: { clusters: half, snapshots }, state });
      expect(hazardsOf(calm)).toEqual(["expires-snapshots"]);
      const lower = [build.cluster({ collections: [build.collection({ points: 200 })] })];
      const again = plan({ inventory: { clusters: lower, snapshots }, state });
      expect(hazardsOf(again)).toContain("source-shrunk");
    });

    it("also for a policy that has only seen the empty source", () => {
      const empty = { before: 0, after: 0 };
      const mine = build.nights(3, { points: empty });
      const theirs = build
        .nights(6, { owner: build.owner("policy.gone") })
        .slice(3)
        .map((each) => ({ ...each, id: `old-${each.id}` }));
      const removed = [{ address: "policy.gone", deleteSnapshots: true }];
      const clusters = [build.cluster({ collections: [build.collection({ points: 0 })] })];
      const made = plan({
        desired: { removed, policies: [build.policy()] },
        inventory: { clusters, snapshots: [...mine, ...theirs] },
      });
      expect(made.actions.map(({ reason }) => reason)).toEqual(
        theirs.map(() => "removed with policy.gone"),
      );
      expect(made.summary.withheld).toBe(3);
    });

    it("counts nothing where the points were not counted", () => {
      const clusters = [build.cluster({ collections: [build.collection({ points: null })] })];
      const made = plan({ inventory: { clusters, snapshots } });
      expect(hazardsOf(made)).toEqual(["expires-snapshots"]);
    });
  });
});

describe("the breaker", () => {
  const many = build.nights(30);

  it("lets ten go, and more when they are less than half", () => {
    const ten = plan({ inventory: { snapshots: build.nights(13) } });
    expect(ten.summary).toMatchObject({ expire: 10, withheld: 0 });
    const eleven = plan({ inventory: { snapshots: build.nights(14) } });
    expect(eleven.summary).toMatchObject({ expire: 11, withheld: 11 });
    const retention = { keepAll: false, rules: { last: 15 }, minKeep: 1 };
    const policies = [build.policy({ retention })];
    const half = plan({ desired: { policies }, inventory: { snapshots: many } });
    expect(half.summary).toMatchObject({ expire: 15, withheld: 0 });
  });

  it("counts the net loss: what the run makes is no loss", () => {
    const made = plan({ inventory: { snapshots: build.nights(14).slice(1) } });
    expect(made.summary).toMatchObject({ create: 1, expire: 11, withheld: 0 });
  });

  it("names each hazard once, and holds back expires only", () => {
    const made = plan({ inventory: { snapshots: many.slice(1) } });
    const [create, first] = made.actions;
    expect(create).toMatchObject({ kind: "create", hazards: [] });
    expect(first?.hazards).toEqual(["expires-snapshots", "mass-expire"]);
  });

  it("does not let strangers raise the limit", () => {
    const strangers = build
      .nights(40, { owner: null })
      .map((each) => ({ ...each, id: `x${each.id}` }));
    const made = plan({ inventory: { snapshots: [...many.slice(0, 14), ...strangers] } });
    expect(made.summary.withheld).toBe(11);
  });

  it("stands over all policies of a collection together", () => {
    const of = (name: string) =>
      build.nights(12, { owner: build.owner(`policy.${name}`) }).map((each) => ({
        ...each,
        id: `${name}-${each.id}`,
      }));
    const policies = ["a", "b"].map((name) => build.policy({ name }));
    const made = plan({
      desired: { policies },
      inventory: { snapshots: [...of("a"), ...of("b")] },
    });
    expect(made.summary).toMatchObject({ expire: 18, withheld: 18 });
  });

  it("holds back what only a changed rule expires, also under a new name", () => {
    const was = { retention: { last: 20 }, minKeep: 1, at: "2026-11-20T03:00:00.000Z" };
    const keep = { keepAll: false, rules: { last: 8 }, minKeep: 1 };
    const policies = [build.policy({ name: "renamed", retention: keep })];
    const moved = [{ from: "policy.nightly", to: "policy.renamed" }];
    const state = build.ledger({ policies: { "policy.nightly": was } });
    const made = plan({
      desired: { policies, moved },
      inventory: { snapshots: build.nights(20) },
      state,
    });
    expect(made.hazards).toContain("rule-change");
    expect(made.summary).toMatchObject({ expire: 12, withheld: 12 });
  });

  it("has a hash that dies with another set, and lives while the set does", () => {
    const made = plan({ inventory: { snapshots: many } });
    const later = new Date(build.NOW.getTime() + 3_600_000);
    expect(plan({ inventory: { snapshots: many }, now: later }).acknowledge).toBe(made.acknowledge);
    const other = plan({ inventory: { snapshots: many.slice(0, 29) } });
    expect(other.acknowledge).not.toBe(made.acknowledge);
    expect(other.acknowledge).not.toBeNull();
  });
});

describe("leftovers", () => {
  const gone = build.nights(3, { owner: build.owner("policy.gone") });
  const left = { policies: [] as Desired["policies"] };

  it("of a policy that is no longer declared stay", () => {
    const made = plan({ desired: left, inventory: { snapshots: gone } });
    expect(made.actions).toEqual([]);
    expect(reasonsOf(made, before.id)).toEqual(["orphaned: policy.gone is not declared"]);
  });

  it("of a removed policy stay unless deleteSnapshots says otherwise", () => {
    const kept = [{ address: "policy.gone", deleteSnapshots: false }];
    const keeping = plan({ desired: { ...left, removed: kept }, inventory: { snapshots: gone } });
    expect(keeping.actions).toEqual([]);
    const removed = [{ address: "policy.gone", deleteSnapshots: true }];
    const made = plan({ desired: { ...left, removed }, inventory: { snapshots: gone } });
    expect(expired(made).sort()).toEqual([before.id, yesterday.id].sort());
    expect(reasonsOf(made, today.id)).toContain("newest complete");
  });

  it("of a removed policy go, failed and damaged ones too, once there is a whole one", () => {
    const removed = [{ address: "policy.gone", deleteSnapshots: true }];
    const bad = build
      .nights(2, { owner: build.owner("policy.gone"), copies: [build.copy("cluster", "damaged")] })
      .map((each) => ({ ...each, id: `bad-${each.id}` }));
    const desired = { ...left, removed };
    expect(expired(plan({ desired, inventory: { snapshots: bad } }))).toEqual([]);
    expect(expired(plan({ desired, inventory: { snapshots: [today, ...bad] } }))).toHaveLength(2);
  });

  it("that are kept until later stay, even when their resource is removed", () => {
    const keepUntil = "2026-12-01T00:00:00.000Z";
    const removed = [{ address: "policy.gone", deleteSnapshots: true }];
    const snapshots = [today, ...gone.slice(1).map((each) => ({ ...each, keepUntil }))];
    expect(expired(plan({ desired: { ...left, removed }, inventory: { snapshots } }))).toEqual([]);
  });

  it("of a restore go when the time that they were to be kept is over", () => {
    const safety = {
      ...before,
      owner: build.owner("restore.r"),
      keepUntil: "2026-11-20T00:00:00.000Z",
    };
    const made = plan({ inventory: { snapshots: [today, safety] } });
    expect(made.actions).toMatchObject([
      { snapshotId: before.id, reason: "kept until 2026-11-20T00:00:00.000Z" },
    ]);
    // Somebody who forgot it was told that no rule expires it.
    const forgotten = build.record(safety, { address: "manual" });
    const state = build.ledger({ snapshots: { [safety.id]: forgotten } });
    expect(plan({ state, inventory: { snapshots: [today, safety] } }).actions).toEqual([]);
  });

  it("wait for what the same run makes of their collection", () => {
    const removed = [{ address: "policy.gone", deleteSnapshots: true }];
    const desired = { policies: [build.policy()], removed };
    const made = plan({ desired, inventory: { snapshots: gone } });
    const [create, ...expires] = made.actions;
    expect(create?.kind).toBe("create");
    expect(expires).toHaveLength(3);
    for (const expire of expires) expect(expire.dependsOn).toEqual([create?.id]);
  });
});

describe("the scope of a plan", () => {
  const clusters = [
    build.cluster({ collections: [build.collection(), build.collection({ name: "imgs" })] }),
  ];
  const policies = [build.policy({ collections: ["*"] }), build.policy({ name: "other" })];
  const scoped = (options: PlanOptions) =>
    plan({ desired: { policies }, inventory: { clusters }, options });

  it("can be one resource", () => {
    const made = scoped({ only: ["policy.other"] });
    expect(made.actions.map(({ address }) => address)).toEqual(['policy.other["prod/docs"]']);
  });

  it("can be one collection of a policy, named twice or not", () => {
    const address = 'policy.nightly["prod/imgs"]';
    const made = scoped({ only: [address, address], force: [address] });
    expect(made.actions.map((action) => action.address)).toEqual([address]);
  });

  it.each(["policy.typo", "snapshot.none", 'policy.nightly["dev/docs"]', "nonsense"])(
    "is an error when there is no %s",
    (address) => {
      const made = scoped({ only: [address] });
      expect(made.diagnostics).toMatchObject([{ severity: "error", code: "unknown-address" }]);
      expect(made.actions).toEqual([]);
    },
  );

  it("leaves expires out when asked to", () => {
    const snapshots = build.nights(5);
    const made = plan({ inventory: { snapshots }, options: { noExpire: true } });
    expect(made.actions).toEqual([]);
    expect(reasonsOf(made, snapshots[4]?.id ?? "")).toEqual(["beyond retention; expires are off"]);
  });
});

describe("recovery", () => {
  it("says what can be restored before and after, with nothing acknowledged", () => {
    const made = plan({ inventory: { snapshots: build.nights(5).slice(1) } });
    expect(made.recovery).toMatchObject([
      {
        before: { count: 4, newest: yesterday.startedAt, oldest: "2026-11-17T02:00:00.000Z" },
        after: { count: 3, newest: "2026-11-21T03:00:00.000Z", oldest: before.startedAt },
      },
    ]);
  });

  it("counts what is held back as staying", () => {
    const made = plan({ inventory: { snapshots: build.nights(30) } });
    expect(made.recovery[0]?.after.count).toBe(30);
  });
});
