import { describe, expect, it } from "vitest";
import { liveOf } from "../../../src/apply/live.ts";
import { expireVeto } from "../../../src/apply/veto.ts";
import type { ExpireAction } from "../../../src/plan/action.ts";
import { survey as surveyOf } from "../../../src/plan/survey.ts";
import type { CopyStatus, Place, Snapshot } from "../../../src/snapshot/snapshot.ts";

const NOW = new Date("2026-03-10T12:00:00Z");
const OWNER = { project: "project", lineage: "mine", address: "policy.nightly" };

function snapshot(id: string, startedAt: string, change: Partial<Snapshot> = {}): Snapshot {
  return {
    id,
    cluster: "prod",
    collection: "docs",
    engine: "memory",
    clusterIdentity: null,
    collectionIdentity: null,
    owner: OWNER,
    startedAt,
    finishedAt: startedAt,
    scheduledFor: null,
    description: null,
    points: null,
    layout: null,
    native: null,
    bytes: 1,
    pinned: false,
    keepUntil: null,
    verifiedAt: null,
    copies: [copy("repository.vault")],
    ...change,
  };
}

function copy(place: Place, status: CopyStatus = "complete"): Snapshot["copies"][number] {
  return { place, status, bytes: 1, parts: [] };
}

/** Why `id` stays, with these snapshots around it. */
function vetoOf(
  id: string,
  snapshots: readonly Snapshot[],
  change: Partial<ExpireAction> = {},
): string | null {
  const inventory = {
    observedAt: NOW.toISOString(),
    clusters: [],
    repositories: [],
    snapshots,
    trash: [],
  };
  const state = { lineage: "mine", snapshots: {}, shrinks: {}, lastSeenAt: NOW.toISOString() };
  const survey = surveyOf({
    project: "project",
    inventory,
    state: state as unknown as Parameters<typeof surveyOf>[0]["state"],
    now: NOW,
    moved: [],
  });
  const action = {
    kind: "expire",
    cluster: "prod",
    collection: "docs",
    snapshotId: id,
    places: ["repository.vault"],
    isWhole: true,
    ...change,
  } as unknown as ExpireAction;
  return expireVeto(action, liveOf(inventory, survey), survey, NOW);
}

const old = snapshot("old", "2026-03-01T00:00:00Z");
const young = snapshot("young", "2026-03-09T00:00:00Z");

describe("the last look before a snapshot goes", () => {
  it("lets an old one go while a newer one is complete", () => {
    expect(vetoOf("old", [old, young])).toBeNull();
  });

  it("keeps the newest complete one, and the only one", () => {
    expect(vetoOf("young", [old, young])).toMatch(/newest complete/);
    expect(vetoOf("old", [old])).toMatch(/newest complete/);
  });

  it.each<[string, Partial<Snapshot>]>([
    ["dated in the future", { startedAt: "2027-01-01T00:00:00Z" }],
    ["damaged", { copies: [copy("repository.vault", "damaged")] }],
    ["partial", { copies: [copy("cluster", "partial")] }],
    ["another project's", { owner: { ...OWNER, project: "other" } }],
    ["another lineage's", { owner: { ...OWNER, lineage: "lost" } }],
  ])("counts on no newer one that is %s", (_, change) => {
    expect(vetoOf("old", [old, { ...young, ...change }])).toMatch(/newest complete/);
  });

  it("compares instants, not their texts", () => {
    // As texts the first of these is the greater one.
    const early = snapshot("early", "2026-03-01T00:00:00Z");
    const late = snapshot("late", "2026-03-01T00:00:00.500Z");
    expect(vetoOf("late", [early, late])).toMatch(/newest complete/);
    expect(vetoOf("early", [early, late])).toBeNull();
  });

  it.each<[RegExp, Partial<Snapshot>]>([
    [/pinned/, { pinned: true }],
    [/kept until/, { keepUntil: "2026-03-11T00:00:00Z" }],
    [/not ours/, { owner: { ...OWNER, project: "other" } }],
    [/not ours/, { owner: null }],
    [/dated in the future/, { startedAt: "2026-03-10T12:30:00Z" }],
    [/cannot be seen/, { copies: [copy("repository.vault", "unknown")] }],
    [/cannot be seen/, { copies: [copy("repository.vault", "unreachable")] }],
    [/also lies in cluster/, { copies: [copy("repository.vault"), copy("cluster")] }],
  ])("keeps what is %s", (why, change) => {
    expect(vetoOf("old", [{ ...old, ...change }, young])).toMatch(why);
  });

  it("keeps what nobody has seen under this lock", () => {
    expect(vetoOf("gone", [old, young])).toMatch(/nothing is known/);
  });

  it("keeps the newest of what failed until there is a whole one", () => {
    const failed = { copies: [copy("cluster", "partial")] };
    const places: readonly Place[] = ["cluster"];
    const parts = [
      { ...old, ...failed },
      { ...young, ...failed },
    ];
    expect(vetoOf("young", parts, { places })).toMatch(/no complete snapshot/);
    expect(vetoOf("old", parts, { places })).toBeNull();
    const whole = snapshot("whole", "2026-02-01T00:00:00Z");
    expect(vetoOf("young", [...parts, whole], { places })).toBeNull();
  });

  it("takes one copy away only while another one is complete", () => {
    const places: readonly Place[] = ["cluster"];
    const both = { ...young, copies: [copy("cluster"), copy("repository.vault")] };
    const torn = { ...young, copies: [copy("cluster"), copy("repository.vault", "damaged")] };
    expect(vetoOf("young", [both], { places, isWhole: false })).toBeNull();
    expect(vetoOf("young", [torn], { places, isWhole: false })).toMatch(/no other copy/);
  });
});
