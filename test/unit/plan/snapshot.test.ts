import { describe, expect, it } from "vitest";
import { planConfig, type PlanOptions } from "../../../src/plan/plan-config.ts";
import type { State } from "../../../src/ledger/state.ts";
import type { Inventory } from "../../../src/snapshot/inventory.ts";
import * as build from "./build.ts";

const address = "snapshot.before-v2";
const whole = build.snap("2026-11-01T12:00:00Z", {
  id: "20261101T120000Z-00000000",
  owner: build.owner(address),
  scheduledFor: null,
});
const taken: State = build.ledger({
  taken: {
    [address]: { address, snapshotId: whole.id, at: "2026-11-01T12:00:00.000Z", take: 0 },
  },
});

function plan(
  inventory: Partial<Inventory> = {},
  state: State | null = build.ledger(),
  options: PlanOptions & { readonly repository?: string } = {},
) {
  const { repository = null, ...rest } = options;
  const desired = build.desire({ snapshots: [build.named({ repository })] });
  return planConfig(desired, build.world(inventory), state, build.NOW, rest);
}

describe("a named snapshot", () => {
  it("is taken once", () => {
    expect(plan().actions).toMatchObject([
      { kind: "create", take: 0, scheduledFor: null, reason: "declared in snapshot.before-v2" },
    ]);
    expect(plan({ snapshots: [whole] }, taken).actions).toEqual([]);
  });

  it("is not taken again because the state was lost", () => {
    expect(plan({ snapshots: [whole] }, null).actions).toEqual([]);
  });

  it("is reported as lost when it has vanished, never taken again by itself", () => {
    const made = plan({}, taken);
    expect(made.actions).toEqual([]);
    expect(made.diagnostics).toMatchObject([{ severity: "warning", code: "snapshot-lost" }]);
    expect(made.diagnostics[0]?.detail).toContain("no longer exists");
  });

  it("is reported as lost when it is damaged", () => {
    const copies = [build.copy("cluster", "damaged")];
    const made = plan({ snapshots: [{ ...whole, copies }] }, taken);
    expect(made.diagnostics[0]?.detail).toContain("is no longer whole");
  });

  it("is not called lost while what holds it cannot be looked at", () => {
    const clusters = [build.cluster({ reachable: false, collections: [] })];
    expect(plan({ clusters }, taken).diagnostics).toEqual([]);
    const repositories = [build.repository({ status: "missing" })];
    expect(plan({ repositories }, taken, { repository: "vault" }).diagnostics).toEqual([]);
    const copies = [build.copy("cluster", "unknown")];
    expect(plan({ snapshots: [{ ...whole, copies }] }, taken).diagnostics).toEqual([]);
  });

  it("is not called lost because its cluster is another one now", () => {
    const made = plan({ snapshots: [{ ...whole, clusterIdentity: "prod-0" }] }, taken);
    expect(made.diagnostics).toEqual([]);
    expect(made.actions).toEqual([]);
  });

  it("is taken although another cluster of this name has one, made elsewhere", () => {
    const owner = build.owner(address, { lineage: "laptop" });
    const made = plan({ snapshots: [{ ...whole, owner, clusterIdentity: "laptop" }] });
    expect(made.actions).toMatchObject([{ kind: "create" }]);
  });

  it("is taken again when it is asked for, under another id", () => {
    const made = plan({ snapshots: [whole] }, taken, { force: [address] });
    expect(made.actions).toMatchObject([{ kind: "create", take: 1, reason: "asked for" }]);
  });

  it("keeps its history under a new name", () => {
    const desired = build.desire({
      snapshots: [build.named({ name: "renamed" })],
      moved: [{ from: address, to: "snapshot.renamed" }],
    });
    const there = planConfig(desired, build.world({ snapshots: [whole] }), taken, build.NOW);
    expect(there.actions).toEqual([]);
    const gone = planConfig(desired, build.world(), taken, build.NOW);
    expect(gone.diagnostics).toMatchObject([{ code: "snapshot-lost" }]);
  });

  it("that is declared for another collection than it was taken of is an error", () => {
    const elsewhere = { ...whole, collection: "imgs" };
    const made = plan({ snapshots: [elsewhere] });
    expect(made.diagnostics).toMatchObject([{ severity: "error", code: "snapshot-elsewhere" }]);
    expect(made.actions).toEqual([]);
    expect(made.keeps.map(({ snapshotId }) => snapshotId)).toEqual([whole.id]);
  });

  it("gets the copy that it lacks", () => {
    const made = plan({ snapshots: [whole] }, taken, { repository: "vault" });
    expect(made.actions).toMatchObject([{ kind: "copy", to: "repository.vault", dependsOn: [] }]);
  });

  it("is copied after it was taken", () => {
    const made = plan({}, build.ledger(), { repository: "vault" });
    expect(made.actions.map(({ kind }) => kind)).toEqual(["create", "copy"]);
    expect(made.actions[1]?.dependsOn).toEqual([made.actions[0]?.id]);
  });

  it("lets the parts of failed attempts go once it is taken, not before", () => {
    const failed = { ...whole, id: "failed", copies: [build.copy("cluster", "partial")] };
    const made = plan({ snapshots: [failed] });
    expect(made.actions.map(({ kind }) => kind)).toEqual(["create", "expire"]);
    expect(made.actions[1]?.dependsOn).toEqual([made.actions[0]?.id]);
    const clusters = [build.cluster({ collections: [] })];
    const stuck = plan({ snapshots: [failed], clusters });
    expect(stuck.actions).toEqual([]);
    expect(stuck.problems).toMatchObject([{ code: "not-found" }]);
    const after = plan({ snapshots: [whole, failed] }, taken);
    expect(after.actions).toMatchObject([{ kind: "expire", snapshotId: "failed" }]);
    expect(plan({ snapshots: [whole, failed] }, taken, { noExpire: true }).actions).toEqual([]);
  });

  it("is a problem where it cannot be taken", () => {
    const repositories = [build.repository({ status: "other" })];
    const made = plan({ repositories }, build.ledger(), { repository: "vault" });
    expect(made.problems).toMatchObject([{ address, code: "failed-precondition" }]);
  });
});
