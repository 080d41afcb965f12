import { describe, expect, it } from "vitest";
import type { Desired } from "../../../src/desired/desired.ts";
import type { State } from "../../../src/ledger/state.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { planConfig } from "../../../src/plan/plan-config.ts";
import { wishOf } from "../../../src/plan/restore-plan.ts";
import { reviewPlan, type Review, type Verdict } from "../../../src/plan/review.ts";
import type { Inventory } from "../../../src/snapshot/inventory.ts";
import * as build from "./build.ts";

interface Moment {
  readonly desired?: Partial<Desired>;
  readonly inventory?: Partial<Inventory>;
  readonly state?: State | null;
  readonly now?: Date;
}

const later = new Date(build.NOW.getTime() + 6 * 3_600_000);

function planAt({ desired, inventory, state = build.ledger(), now = build.NOW }: Moment): Plan {
  const wanted = build.desire({ policies: [build.policy()], ...desired });
  return planConfig(wanted, build.world(inventory), state, now);
}

/** Reviews the plan of one moment at another one. */
function review(then: Moment, since: Moment): Review & { readonly saved: Plan } {
  const saved = planAt(then);
  const now: Moment = { now: later, ...then, ...since };
  const fresh = planAt({ ...now, now: since.now ?? later });
  const { state = build.ledger() } = now;
  const request = { saved, fresh, inventory: build.world(now.inventory), state };
  return { saved, ...reviewPlan(request) };
}

const kinds = ({ saved, verdicts }: ReturnType<typeof review>): string[] =>
  saved.actions.map(({ kind, id }) => `${kind}: ${verdicts.get(id)?.kind}`);
const whyOf = ({ saved, verdicts }: ReturnType<typeof review>, kind: string): string => {
  const action = saved.actions.find((each) => each.kind === kind);
  const verdict: Verdict | undefined = verdicts.get(action?.id ?? "");
  return verdict && "why" in verdict ? verdict.why : "";
};

const old = build.nights(5).slice(1);
const toVault = { policies: [build.policy({ repository: "vault" })] };

describe("a saved plan", () => {
  it("is carried out as it is while nothing has moved", () => {
    const result = review({ inventory: { snapshots: old } }, {});
    expect(kinds(result)).toEqual(["create: run", "expire: run", "expire: run"]);
    expect(result.stale).toEqual([]);
  });

  it.each<[string, Moment, Moment, string]>([
    ["another configuration", {}, { desired: { fingerprint: "e".repeat(64) } }, "configuration"],
    ["another project", {}, { desired: { project: "other" } }, "another project"],
    ["another state", {}, { state: build.ledger({ lineage: "other" }) }, "it was made for state"],
    ["a state made since", { state: null }, { state: build.ledger() }, "a state has been made"],
    [
      "another cluster of the name",
      {},
      { inventory: { clusters: [build.cluster({ identity: "prod-2" })] } },
      "cluster prod is another one now",
    ],
    [
      "another repository of the name",
      {},
      { inventory: { repositories: [build.repository({ id: "vault-2" })] } },
      "repository vault is another one now",
    ],
    [
      "a repository of which there is nothing any more",
      {},
      { inventory: { repositories: [build.repository({ id: null, status: "new" })] } },
      "repository vault is gone",
    ],
    [
      "a cluster that cannot be reached",
      {},
      { inventory: { clusters: [build.cluster({ reachable: false, collections: [] })] } },
      "cannot be reached",
    ],
    [
      "a collection that is gone",
      {},
      { inventory: { clusters: [build.cluster({ collections: [] })] } },
      "is gone",
    ],
    [
      "a collection that was made anew",
      {},
      {
        inventory: {
          clusters: [build.cluster({ collections: [build.collection({ identity: "docs-2" })] })],
        },
      },
      "was dropped and made anew",
    ],
  ])("is stale with %s", (_, then, since, text) => {
    const { stale } = review(then, since);
    expect(stale.join("\n")).toContain(text);
  });

  it("is not stale because a repository cannot be reached now", () => {
    const unreachable = build.repository({ id: null, status: "unreachable" });
    const { stale } = review({}, { inventory: { repositories: [unreachable] } });
    expect(stale).toEqual([]);
  });

  it("is not stale because a cluster or repository could not tell its identity before", () => {
    const blind = {
      clusters: [build.cluster({ identity: null })],
      repositories: [build.repository({ id: null, status: "new" })],
    };
    expect(review({ inventory: blind }, { inventory: {} }).stale).toEqual([]);
  });
});

describe("a saved create", () => {
  it("is satisfied when its run has been made", () => {
    const done = { inventory: { snapshots: build.nights(1) } };
    expect(whyOf(review({}, done), "create")).toBe("its run has been made already");
  });

  it("is satisfied by its own snapshot, and broken by what a failed attempt left of it", () => {
    const id = planAt({}).actions[0]?.snapshotId ?? "";
    const [made] = build.nights(1, { id });
    if (!made) throw new Error("one night was asked for");
    const there = review({}, { inventory: { snapshots: [made] } });
    expect(whyOf(there, "create")).toBe("it has been made already");
    const copies = [build.copy("cluster", "partial")];
    const { stale } = review({}, { inventory: { snapshots: [{ ...made, copies }] } });
    expect(stale.join()).toContain("has failed since");
  });

  it("is not taken for done because something else has a problem", () => {
    const policies = [build.policy(), build.policy({ name: "other", collections: ["gone"] })];
    const done = { inventory: { snapshots: build.nights(1) } };
    const result = review({ desired: { policies } }, done);
    expect(whyOf(result, "create")).toBe("its run has been made already");
  });

  it("still runs when a newer run is due, and lets nothing expire for it", () => {
    const then = { inventory: { snapshots: old } };
    const tomorrow = new Date(build.NOW.getTime() + build.DAY_MS);
    const result = review(then, { now: tomorrow });
    expect(kinds(result)).toEqual(["create: run", "expire: kept", "expire: kept"]);
    expect(result.stale).toEqual([]);
  });

  it("of a named snapshot is satisfied when it was taken meanwhile", () => {
    const desired = { policies: [], snapshots: [build.named()] };
    const address = "snapshot.before-v2";
    const at = "2026-11-21T04:00:00.000Z";
    const taken = { [address]: { address, snapshotId: "x", at, take: 0 } };
    const result = review({ desired }, { state: build.ledger({ taken }) });
    expect(whyOf(result, "create")).toBe(`it was taken at ${at}`);
  });
});

describe("a saved copy", () => {
  const [today] = build.nights(1);
  if (!today) throw new Error("one night was asked for");
  const then = { desired: toVault, inventory: { snapshots: [today] } };

  it("is satisfied when it is complete, and broken when what it copies is not", () => {
    const copies = [build.copy(), build.copy("repository.vault")];
    const done = review(then, { inventory: { snapshots: [{ ...today, copies }] } });
    expect(kinds(done)).toEqual(["copy: satisfied"]);
    const gone = review(then, { inventory: { snapshots: [] } });
    expect(gone.stale.join()).toContain("no longer complete on its cluster");
  });

  it("of what the plan makes runs with it, and is satisfied with it", () => {
    const fresh = { desired: toVault };
    expect(kinds(review(fresh, {}))).toEqual(["create: run", "copy: run"]);
    const copies = [build.copy(), build.copy("repository.vault")];
    const done = review(fresh, { inventory: { snapshots: [{ ...today, copies }] } });
    expect(kinds(done)).toEqual(["create: satisfied", "copy: satisfied"]);
  });
});

describe("a saved expire", () => {
  const then = { inventory: { snapshots: build.nights(5) } };

  it("is satisfied when its snapshot is gone", () => {
    expect(kinds(review(then, { inventory: { snapshots: build.nights(3) } }))).toEqual([
      "expire: satisfied",
      "expire: satisfied",
    ]);
  });

  it("is kept when a plan made now would keep it", () => {
    const pinned = build.nights(5, { pinned: true });
    const result = review(then, { inventory: { snapshots: pinned } });
    expect(kinds(result)).toEqual(["expire: kept", "expire: kept"]);
    expect(result.stale).toEqual([]);
  });

  it("is kept when there is a new danger", () => {
    const clusters = [build.cluster({ collections: [build.collection({ points: 1 })] })];
    const result = review(then, { inventory: { ...then.inventory, clusters } });
    expect(whyOf(result, "expire")).toBe("there is a new hazard: source-shrunk");
  });

  it("of what the plan itself makes runs with it", () => {
    const policies = [build.policy({ repository: "vault", keepOnCluster: 0 })];
    const result = review({ desired: { policies } }, {});
    expect(kinds(result)).toEqual(["create: run", "copy: run", "expire: run"]);
  });
});

describe("a saved restore", () => {
  const restore = build.restoreTo({ ifExists: "replace" });
  const desired = { policies: [build.policy()], restores: [restore] };
  const [today] = build.nights(1);
  if (!today) throw new Error("one night was asked for");
  const target = (identity: string) => [
    build.cluster({
      collections: [build.collection(), build.collection({ name: "docs-restored", identity })],
    }),
  ];
  const then = { desired, inventory: { snapshots: [today], clusters: target("before") } };
  const record = {
    address: "restore.staging",
    snapshotId: today.id,
    cluster: "prod",
    collection: "docs-restored",
    alias: null,
    targetIdentity: "after",
    procedure: "replace",
    at: "2026-11-21T04:00:00.000Z",
    check: "hashes",
    wish: wishOf(restore),
    undo: null,
  } as const;

  it("runs while its target is as it was", () => {
    expect(kinds(review(then, {}))).toEqual(["create: run", "restore: run"]);
  });

  it("is satisfied when it was done since, and what it would have saved first with it", () => {
    const state = build.ledger({ restores: { "restore.staging": record } });
    const inventory = { ...then.inventory, clusters: target("after") };
    const result = review(then, { state, inventory });
    expect(kinds(result)).toEqual(["create: satisfied", "restore: satisfied"]);
    expect(result.stale).toEqual([]);
  });

  it("is stale when its target is another one, or its snapshot is gone", () => {
    const other = { ...then.inventory, clusters: target("other") };
    expect(review(then, { inventory: other }).stale.join()).toContain("is not what it was");
    const gone = { clusters: target("before"), snapshots: [] };
    expect(review(then, { inventory: gone }).stale.join()).toContain("no longer complete");
  });

  it("is stale when the snapshot that it reads is not made by the plan any more", () => {
    const fresh = { desired, inventory: { snapshots: [], clusters: target("before") } };
    const since = { inventory: { snapshots: [today], clusters: target("before") } };
    expect(review(fresh, since).stale.join()).toContain("is not made by this plan any more");
  });
});
