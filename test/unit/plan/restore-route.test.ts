import { describe, expect, test } from "vitest";
import { planRoute, type Route } from "../../../src/plan/restore-route.ts";
import type { RestoreProcedure } from "../../../src/snapshot/capabilities.ts";
import type { ObservedCluster } from "../../../src/snapshot/inventory.ts";
import type { ObservedNode, SnapshotLayout } from "../../../src/snapshot/layout.ts";
import { cluster, collection } from "./build.ts";

function layoutOf(
  parts: Readonly<Record<string, readonly number[]>>,
  over: Partial<SnapshotLayout> = {},
): SnapshotLayout {
  return {
    shardCount: new Set(Object.values(parts).flat()).size,
    sharding: "auto",
    shardKeys: [],
    replicationFactor: 1,
    schemaHash: "h",
    versions: ["1.18.0"],
    parts: Object.entries(parts).map(([name, shards]) => ({ name, shards })),
    ...over,
  };
}

function nodes(...names: string[]): ObservedNode[] {
  return names.map((name, index) => ({
    name,
    id: String(index + 1),
    version: "1.18.2",
    isReachable: true,
  }));
}

const three = layoutOf({ a: [0], b: [1], c: [2] });

interface Asked {
  readonly source?: SnapshotLayout | null;
  readonly target?: Partial<ObservedCluster>;
  readonly live?: SnapshotLayout | null;
  readonly procedure?: RestoreProcedure;
}

function ask({ source = three, target = {}, live, procedure = "new" }: Asked = {}) {
  return planRoute({
    source,
    snapshotId: "s-1",
    target: cluster({ topology: "distributed", nodes: nodes("a", "b", "c"), ...target }),
    live: live === undefined ? null : collection({ layout: live }),
    collection: "docs",
    procedure,
  });
}

function routeOf(asked: Asked): Route {
  const route = ask(asked);
  if ("code" in route) throw new Error(route.message);
  return route;
}

function steps(asked: Asked): string[] {
  return routeOf(asked).steps.map(({ part, node }) => `${part}>${node}`);
}

function refusal(asked: Asked): string {
  const route = ask(asked);
  return "code" in route ? `${route.code}: ${route.message}` : "no refusal";
}

describe("the route of a restore", () => {
  test("is refused where the parts together lack a shard, whatever is restored over", () => {
    const torn = layoutOf({ a: [0], b: [1] }, { shardCount: 3 });
    const lacking =
      /^failed-precondition: the parts of snapshot s-1 do not hold every one of its 3/;
    expect(refusal({ source: torn })).toMatch(lacking);
    expect(refusal({ source: torn, live: three, procedure: "replace" })).toMatch(lacking);
  });

  test("is empty for an engine without nodes", () => {
    expect(ask({ source: null, target: { nodes: [], topology: null } })).toEqual({
      steps: [],
      notes: [],
    });
  });

  test("gives each node of the same cluster its own part", () => {
    expect(steps({})).toEqual(["a>a", "b>b", "c>c"]);
  });

  test("gives each part to one node of another cluster", () => {
    expect(steps({ target: { nodes: nodes("x", "y", "z") } })).toEqual(["a>x", "b>y", "c>z"]);
  });

  test("feeds several parts to a node where there are fewer nodes", () => {
    const asked = { target: { nodes: nodes("x", "b") } };
    expect(steps(asked)).toEqual(["a>x", "b>b", "c>x"]);
    expect(routeOf(asked).notes.join()).toContain("some take several");
  });

  test("says what is left to do where there are more nodes", () => {
    const asked = { source: layoutOf({ s: [0, 1] }), target: { nodes: nodes("x", "y") } };
    expect(steps(asked)).toEqual(["s>x"]);
    expect(routeOf(asked).notes.join()).toContain("1 of 2 nodes");
  });

  test("leaves out parts whose shards others hold, and says so", () => {
    const source = layoutOf({ a: [0, 1], b: [1, 2], c: [2, 0] }, { replicationFactor: 2 });
    expect(steps({ source })).toEqual(["a>a", "b>b"]);
    const notes = routeOf({ source }).notes.join(" ");
    expect(notes).toContain("Not needed, since other parts hold the same shards: c.");
    expect(notes).toContain("replication factor is 2");
  });

  test("takes a whole snapshot into a standalone server, and one of several parts never", () => {
    const target = { topology: "standalone", nodes: nodes("x") } as const;
    expect(steps({ source: layoutOf({ s: [0, 1] }), target })).toEqual(["s>x"]);
    expect(refusal({ target })).toMatch(/failed-precondition: .*standalone server.*migration/);
  });

  test("refuses custom shard keys into a new collection, with what to do instead", () => {
    const source = layoutOf({ a: [0], b: [1] }, { sharding: "custom", shardKeys: ["eu", 7] });
    const text = refusal({ source });
    expect(text).toContain('shard keys in this order: "eu", 7;');
    expect(text).toContain("`ifExists: replace`");
    expect(steps({ source, live: source, procedure: "replace" })).toEqual(["a>a", "b>b"]);
  });

  test.each([
    ["another number of shards", layoutOf({ a: [0] }), /3 shards and .* has 1/],
    ["other vectors", { ...three, schemaHash: "other" }, /vectors .* configured differently/],
    ["other shard keys", { ...three, shardKeys: ["eu"] }, /shard keys .* differ/],
    ["a layout that could not be seen", null, /could not be seen/],
  ])("refuses to overwrite a collection with %s", (_name, live, message) => {
    expect(refusal({ live, procedure: "replace" })).toMatch(message);
  });

  test("says what overwriting a live collection needs and does", () => {
    const notes = routeOf({ live: three, procedure: "replace" }).notes.join(" ");
    expect(notes).toContain("twice its size");
    expect(notes).toContain("old and new points side by side");
  });

  test.each([
    ["1.18.4", true],
    ["1.19.0", true],
    ["1.17.9", false],
    ["1.20.0", false],
    ["2.0.0", false],
    ["dev", true],
  ])("into version %s of a snapshot by 1.18 is possible: %s", (version, isPossible) => {
    const target = { nodes: nodes("a", "b", "c").map((node) => ({ ...node, version })) };
    const text = refusal({ target });
    expect(text === "no refusal", text).toBe(isPossible);
  });

  test("refuses a snapshot of which nobody recorded what its parts hold", () => {
    expect(refusal({ source: null })).toMatch(/nobody recorded/);
  });
});
