import fc from "fast-check";
import type { Desired } from "../../../src/desired/desired.ts";
import type { State } from "../../../src/ledger/state.ts";
import type { Inventory } from "../../../src/snapshot/inventory.ts";
import type { CopyStatus, Place, Snapshot } from "../../../src/snapshot/snapshot.ts";
import type { RetentionRules } from "../../../src/policy/rules.ts";
import { rules as anyRules, zones } from "../policy/arbitraries.ts";
import * as build from "../../unit/plan/build.ts";

export const COLLECTIONS: readonly string[] = ["docs", "imgs", "logs"];
const HOUR_MS = 3_600_000;

/** Mostly one to three rules, so that there is something to expire: all twelve keep nearly all. */
export const rules: fc.Arbitrary<RetentionRules> = fc
  .tuple(anyRules, fc.constantFrom(1, 1, 2, 2, 3, 12), fc.nat())
  .map(([all, count, first]) => {
    const entries = Object.entries(all);
    const from = first % entries.length;
    return Object.fromEntries([...entries.slice(from), ...entries].slice(0, count));
  });

export interface Case {
  readonly engine: build.EngineName;
  readonly desired: Desired;
  readonly inventory: Inventory;
  readonly state: State | null;
  readonly now: Date;
}

const crons = fc.constantFrom("0 2 * * *", "30 */6 * * *", "0 3 * * 1", "15 * * * *", "0 0 1 * *");

const policies = (engine: build.EngineName): fc.Arbitrary<Desired["policies"]> =>
  fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom("a", "b", "c"),
        collections: fc.constantFrom(["docs"], ["*s", "!x*"], ["docs", "imgs"], ["logs", "gone"]),
        schedule: fc.record({ cron: crons, timezone: zones }),
        retention: fc.oneof(
          {
            weight: 6,
            arbitrary: fc.record({
              keepAll: fc.constant(false),
              rules,
              minKeep: fc.integer({ min: 1, max: 4 }),
            }),
          },
          { weight: 1, arbitrary: fc.constant({ keepAll: true, rules: {}, minKeep: 1 }) },
        ),
        repository:
          engine === "lancedb"
            ? fc.constantFrom("vault", "attic")
            : engine === "qdrant"
              ? fc.constantFrom("vault", "attic", null)
              : fc.constant(null),
        keepOnCluster: fc.integer({ min: 0, max: 3 }),
      }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
    )
    .map((list) => list.map((each) => build.policy({ ...each, cluster: "prod" })));

const statuses: fc.Arbitrary<CopyStatus> = fc.oneof(
  { weight: 14, arbitrary: fc.constant("complete" as const) },
  { weight: 2, arbitrary: fc.constant("partial" as const) },
  { weight: 1, arbitrary: fc.constantFrom("damaged", "unknown", "unreachable") },
);

const placesOf = (engine: build.EngineName): fc.Arbitrary<readonly Place[]> => {
  const stored = fc.constantFrom<readonly Place[]>(["repository.vault"], ["repository.attic"]);
  if (engine === "lancedb") return stored;
  const onCluster = fc.constant<readonly Place[]>(["cluster"]);
  if (engine === "milvus") return onCluster;
  return fc.oneof(
    onCluster,
    stored,
    stored.map((each): readonly Place[] => ["cluster", ...each]),
  );
};

const addresses = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("policy.a", "policy.b", "policy.c") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "snapshot.s",
      "policy.gone",
      "policy.old",
      "restore.r",
      "manual",
      "snapshot.x",
    ),
  },
);

interface Seed {
  readonly snapshot: Snapshot;
  /** Known to the state only, as snapshots on a cluster without labels are. */
  readonly isRecorded: boolean;
  readonly isAdopted: boolean;
}

function seeds(engine: build.EngineName, nowMs: number): fc.Arbitrary<Seed> {
  return fc
    .record({
      address: addresses,
      collection: fc.constantFrom(...COLLECTIONS),
      hoursAgo: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 0, max: 24 * 60 }) },
        { weight: 1, arbitrary: fc.integer({ min: -48, max: 24 * 700 }) },
      ),
      minutes: fc.constantFrom(0, 0, 1, 17),
      runLagHours: fc.constantFrom(0, 0, 0, 1, 30),
      scheduled: fc.boolean(),
      owner: fc.constantFrom("ours", "ours", "ours", "ours", "ours", "lineage", "project", "none"),
      identity: fc.constantFrom("prod-1", "prod-1", "prod-1", "prod-1", "prod-0", null),
      pinned: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
      keepDays: fc.constantFrom(null, null, null, null, null, -3, 4),
      points: fc.constantFrom(null, 1_000, 1_000, 1_000, 900, 100),
      places: placesOf(engine),
      status: fc.array(statuses, { minLength: 2, maxLength: 2 }),
      isRecorded: fc.boolean(),
      isAdopted: fc.integer({ min: 0, max: 10 }).map((n) => n === 0),
      salt: fc.integer({ min: 0, max: 1e9 }),
    })
    .map((seed) => {
      const atMs = nowMs - seed.hoursAgo * HOUR_MS + seed.minutes * 60_000;
      const at = new Date(atMs).toISOString();
      const owners = {
        ours: build.owner(seed.address),
        lineage: build.owner(seed.address, { lineage: "lineage-0" }),
        project: build.owner(seed.address, { project: "other" }),
        none: null,
      };
      const points = seed.points;
      const snapshot = build.snap(at, {
        id: `s-${at}-${seed.salt}`,
        engine,
        collection: seed.collection,
        clusterIdentity: seed.identity,
        owner: owners[seed.owner as keyof typeof owners],
        scheduledFor: seed.scheduled
          ? new Date(atMs - seed.runLagHours * HOUR_MS).toISOString()
          : null,
        pinned: seed.pinned,
        keepUntil:
          seed.keepDays === null
            ? null
            : new Date(nowMs + seed.keepDays * build.DAY_MS).toISOString(),
        points: points === null ? null : { before: points, after: points },
        copies: seed.places.map((place, n) => build.copy(place, seed.status[n] ?? "complete")),
      });
      return { snapshot, isRecorded: seed.isRecorded, isAdopted: seed.isAdopted };
    });
}

function stateOf(list: readonly Seed[], nowMs: number): fc.Arbitrary<State | null> {
  const snapshots = Object.fromEntries(
    list
      .filter(({ isRecorded, isAdopted }) => isRecorded || isAdopted)
      .map(({ snapshot, isAdopted }) => {
        const address = snapshot.owner?.address ?? "policy.a";
        const adoptedAt = isAdopted ? "2026-01-01T00:00:00.000Z" : null;
        return [snapshot.id, build.record(snapshot, { address, adoptedAt })];
      }),
  );
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 9,
      arbitrary: fc
        .record({
          applied: fc.option(rules, { nil: null }),
          behind: fc.integer({ min: 0, max: 12 }).map((n) => n === 0),
        })
        .map(({ applied, behind }) =>
          build.ledger({
            snapshots,
            policies: applied
              ? { "policy.a": { retention: applied, minKeep: 1, at: "2026-01-01T00:00:00.000Z" } }
              : {},
            lastSeenAt: new Date(nowMs + (behind ? 60_000 : -60_000)).toISOString(),
          }),
        ),
    },
  );
}

function restoresOf(engine: build.EngineName): fc.Arbitrary<Desired["restores"]> {
  const from = fc.constantFrom<Desired["restores"][number]["from"]>(
    { kind: "policy", policy: "a", cluster: "prod", collection: "docs", at: "latest" },
    { kind: "snapshot", snapshot: "s", cluster: "prod", collection: "docs" },
    {
      kind: "policy",
      policy: "a",
      cluster: "prod",
      collection: "docs",
      at: "2026-06-01T00:00:00.000Z",
    },
  );
  const ifExists =
    engine === "qdrant"
      ? fc.constantFrom("fail" as const, "replace" as const, "alias" as const)
      : fc.constantFrom("fail" as const, "replace" as const);
  const one = fc
    .record({ from, ifExists, refresh: fc.constantFrom("once" as const, "follow" as const) })
    .map(({ from: source, ifExists: mode, refresh }) => {
      const alias = mode === "alias" ? "zz-alias" : null;
      const to = { collection: "zz-target", ifExists: mode, alias };
      return build.restoreTo(to, { name: "r", from: source, refresh });
    });
  return fc.oneof(
    fc.constant([]),
    one.map((each) => [each]),
  );
}

const snapshotsOf = (engine: build.EngineName): fc.Arbitrary<Desired["snapshots"]> =>
  fc
    .constantFrom(true, true, false)
    .map((isDeclared) =>
      isDeclared
        ? [build.named({ name: "s", repository: engine === "lancedb" ? "vault" : null })]
        : [],
    );

const clustersOf = (engine: build.EngineName): fc.Arbitrary<Inventory["clusters"]> =>
  fc
    .record({
      reachable: fc.integer({ min: 0, max: 12 }).map((n) => n > 0),
      names: fc.oneof(
        { weight: 4, arbitrary: fc.constant([...COLLECTIONS]) },
        { weight: 1, arbitrary: fc.subarray([...COLLECTIONS]) },
      ),
      points: fc.constantFrom(1_000, 1_000, 1_000, 1_000, 300, 0, null),
      hasTarget: fc.boolean(),
      broken: fc.integer({ min: 0, max: 12 }).map((n) => n === 0),
    })
    .map(({ reachable, names, points, hasTarget, broken }) => {
      const all: readonly string[] = hasTarget ? [...names, "zz-target"] : names;
      const problem = { code: "unimplemented", message: "this collection is odd" };
      return [
        build.cluster(
          {
            reachable,
            identity: reachable ? "prod-1" : null,
            problem: reachable ? null : { code: "unavailable", message: "no answer" },
            collections: reachable
              ? all.map((name) =>
                  build.collection({
                    name,
                    identity: `${name}-1`,
                    points,
                    problem: broken && name === "imgs" ? problem : null,
                  }),
                )
              : [],
          },
          engine,
        ),
      ];
    });

const repositoriesOf: fc.Arbitrary<Inventory["repositories"]> = fc
  .tuple(
    fc.constantFrom("ok", "ok", "ok", "ok", "ok", "new", "missing", "unreachable", "other"),
    fc.constantFrom("ok" as const),
  )
  .map(([vault, attic]) => [
    build.repository({ status: vault as "ok" }),
    build.repository({ name: "attic", id: "attic-1", status: attic }),
  ]);

/** Everything at random, with `min` to `max` snapshots. */
export function cases(max = 40, min = 0): fc.Arbitrary<Case> {
  return fc
    .record({
      engine: fc.constantFrom<build.EngineName>("qdrant", "milvus", "lancedb"),
      nowMs: fc
        .integer({ min: 0, max: 365 * 24 * 12 })
        .map((n) => Date.UTC(2026, 0, 1) + n * 5 * 60_000),
    })
    .chain(({ engine, nowMs }) =>
      fc.array(seeds(engine, nowMs), { minLength: min, maxLength: max }).chain((list) =>
        fc.record({
          engine: fc.constant(engine),
          now: fc.constant(new Date(nowMs)),
          desired: desiredOf(engine),
          state: stateOf(list, nowMs),
          inventory: fc
            .record({ clusters: clustersOf(engine), repositories: repositoriesOf })
            .map((parts) => {
              const unique = new Map(list.map(({ snapshot }) => [snapshot.id, snapshot]));
              return build.world({ ...parts, snapshots: [...unique.values()] });
            }),
        }),
      ),
    );
}

export function desiredOf(engine: build.EngineName): fc.Arbitrary<Desired> {
  return fc
    .record({
      policies: policies(engine),
      snapshots: snapshotsOf(engine),
      restores: restoresOf(engine),
      moved: fc.constantFrom([], [{ from: "policy.old", to: "policy.a" }]),
      removed: fc.constantFrom(
        [],
        [{ address: "policy.gone", deleteSnapshots: true }],
        [{ address: "policy.gone", deleteSnapshots: false }],
        [{ address: "snapshot.x", deleteSnapshots: true }],
      ),
    })
    .map((parts) => {
      const isFed = parts.restores.every(
        ({ from }) =>
          (from.kind === "policy" && parts.policies.some(({ name }) => name === from.policy)) ||
          (from.kind === "snapshot" && parts.snapshots.length > 0),
      );
      return build.desire({ ...parts, restores: isFed ? parts.restores : [] });
    });
}
