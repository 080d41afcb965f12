import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { desired, fixture, load, withBase, withPolicy } from "./load.ts";

describe("a configuration that is good", () => {
  const env = { QDRANT_API_KEY: "from-env" };

  test("is resolved as a whole", () => {
    const loaded = load({ "conf/snapform.yaml": fixture("complete.yaml") }, env);
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.statePath).toBe("/repo/conf/.snapform/state");
    const { clusters, repositories, policies, restores } = desired(fixture("complete.yaml"), env);
    expect(clusters.map(({ name, engine }) => [name, engine])).toEqual([
      ["local", "lancedb"],
      ["prod", "qdrant"],
      ["staging", "qdrant"],
    ]);
    expect(clusters[0]?.uri).toBe("/repo/data");
    expect(repositories).toEqual([
      {
        name: "default",
        type: "filesystem",
        path: "/repo/.snapform/vault",
        hash: "sha256",
        undoMs: 7 * 86_400_000,
      },
      {
        name: "vault",
        type: "filesystem",
        path: "/backups/vault",
        hash: "sha256",
        undoMs: 7 * 86_400_000,
      },
    ]);
    expect(policies.map(({ name, repository }) => [name, repository])).toEqual([
      ["embedded", "default"],
      ["nightly", "vault"],
    ]);
    expect(policies[1]?.retention).toEqual({
      keepAll: false,
      rules: { last: 3, daily: 7, weekly: 4, monthly: 6 },
      minKeep: 1,
    });
    expect(restores[0]).toEqual({
      name: "staging-refresh",
      from: {
        kind: "policy",
        policy: "nightly",
        cluster: "prod",
        collection: "docs-en",
        at: "latest",
      },
      to: {
        cluster: "staging",
        collection: "docs-en-restored",
        ifExists: "fail",
        alias: null,
        aliases: false,
        keepReplacedMs: 7 * 86_400_000,
      },
      refresh: "once",
      check: "hashes",
    });
  });

  test("is frozen to the bottom", () => {
    const { clusters, policies } = desired(fixture("complete.yaml"), env);
    expect(Object.isFrozen(clusters[1]?.nodes[0])).toBe(true);
    expect(Object.isFrozen(policies[0]?.retention.rules)).toBe(true);
  });

  test("may be almost nothing", () => {
    expect(desired("version: 1\nproject: demo\npolicies:\nclusters:\n")).toMatchObject({
      project: "demo",
      clusters: [],
      repositories: [],
      policies: [],
    });
  });
});

describe("shorthands", () => {
  test.each([
    ["retention: keep", { keepAll: true, rules: {}, minKeep: 1 }],
    ["retention: { keepAll: true, minKeep: 5 }", { keepAll: true, rules: {}, minKeep: 5 }],
    ['retention: { last: "3", yearly: all }', { rules: { last: 3, yearly: "all" }, minKeep: 1 }],
    ["retention: { within: 14d }", { rules: { within: "14d" }, minKeep: 3 }],
    ["retention: { within: 14d, last: 1 }", { rules: { within: "14d", last: 1 }, minKeep: 1 }],
    ["retention: { within: 14d, minKeep: 2 }", { rules: { within: "14d" }, minKeep: 2 }],
  ])("and defaults of a retention: %s", (line, expected) => {
    expect(desired(withPolicy(line)).policies[0]?.retention).toMatchObject(expected);
  });

  test("of nodes and of no undo", () => {
    const text = `version: 1
project: demo
clusters:
  c: { engine: qdrant, nodes: ["http://a:1", { url: "http://b:1", apiKey: x }], timeout: 30s }
repositories:
  r: { type: filesystem, path: r, undo: 0, hash: blake3 }
`;
    const { clusters, repositories } = desired(text);
    expect(clusters[0]?.nodes.map(({ url, apiKey }) => [url, apiKey?.reveal()])).toEqual([
      ["http://a:1", undefined],
      ["http://b:1", "x"],
    ]);
    expect(clusters[0]?.timeoutMs).toBe(30_000);
    expect(repositories[0]).toMatchObject({ path: "/repo/r", undoMs: 0, hash: "blake3" });
  });
});

describe("the implied repository", () => {
  const snapshot = "snapshots: { s: { cluster: local, collection: a } }\n";

  test("lies beside the first file", () => {
    const texts = { "a/one.yaml": withBase(""), "b/two.yaml": snapshot };
    expect(desired(texts).repositories).toMatchObject([{ path: "/repo/a/.snapform/vault" }]);
  });

  test("gives way to a declared one of its name", () => {
    const text = withBase(`${snapshot}repositories: { default: { type: filesystem, path: /v } }\n`);
    expect(desired(text).repositories).toMatchObject([{ name: "default", path: "/v" }]);
  });

  test("is not made where nobody needs it", () => {
    const text = withBase("snapshots: { s: { cluster: prod, collection: a } }\n");
    const { repositories, snapshots } = desired(text);
    expect(repositories).toEqual([]);
    expect(snapshots[0]?.repository).toBeNull();
  });
});

describe("several files", () => {
  test("merge, each with its own relative paths", () => {
    const texts = {
      "main.yaml": "version: 1\nproject: demo\n",
      "teams/search.yaml":
        "version: 1\nclusters: { a: { engine: lancedb, uri: ./data } }\nstate: { path: st }\n",
      "teams/../other/x.yaml":
        "repositories: { r: { type: filesystem, path: v } }\nmoved: []\nremoved: { policy.x: {} }\n",
    };
    const { clusters, repositories, removed } = desired(texts);
    expect(clusters[0]?.uri).toBe("/repo/teams/data");
    expect(repositories[0]?.path).toBe("/repo/other/v");
    expect(removed).toEqual([{ address: "policy.x", deleteSnapshots: false }]);
    expect(load(texts).statePath).toBe("/repo/teams/st");
  });
});

describe("a restore", () => {
  const base = withBase(`snapshots: { s: { cluster: prod, collection: docs } }
repositories: { v: { type: filesystem, path: /v } }
`);
  const from = (text: string): unknown =>
    desired(`${base}restores: { r: { from: ${text}, to: { cluster: local, collection: x } } }\n`)
      .restores[0]?.from;

  test("knows what its snapshot was taken of, in each form", () => {
    expect(from("{ snapshot: s }")).toEqual({
      kind: "snapshot",
      snapshot: "s",
      cluster: "prod",
      collection: "docs",
    });
    expect(
      from("{ repository: v, cluster: old, collection: c, at: 20261101T020000Z-3f9c1a2b }"),
    ).toEqual({
      kind: "repository",
      repository: "v",
      cluster: "old",
      collection: "c",
      at: "20261101T020000Z-3f9c1a2b",
    });
    expect(
      from("{ repository: v, cluster: old, collection: c, at: '2026-11-01T02:00:00+02:00' }"),
    ).toMatchObject({
      at: "2026-11-01T00:00:00.000Z",
    });
  });

  test("can go back in place and can follow with an alias", () => {
    const text = `${base}restores:
  a: { from: { snapshot: s }, to: { cluster: prod, collection: docs, ifExists: replace } }
  b:
    from: { repository: v, cluster: x, collection: y }
    to: { cluster: prod, collection: y, ifExists: alias, alias: live, keepReplaced: 0 }
    refresh: follow
    check: deep
`;
    expect(desired(text).restores[1]).toMatchObject({
      to: { ifExists: "alias", alias: "live", keepReplacedMs: 0 },
      refresh: "follow",
      check: "deep",
    });
  });
});

describe("the environment", () => {
  test("is put into any text, and $${ is a plain ${", () => {
    const text = withPolicy("description: a ${env:A} $${env:A} ${env:B}$");
    expect(desired(text, { A: "1", B: "" }).policies[0]?.description).toBe("a 1 ${env:A} $");
  });

  test("is not put in twice", () => {
    const text = withPolicy("description: ${env:A}");
    expect(desired(text, { A: "${env:B}", B: "x" }).policies[0]?.description).toBe("${env:B}");
  });

  test("gives secrets that show their reference only", () => {
    const line = (key: string): string =>
      `version: 1\nproject: d\nclusters:\n  c: { engine: qdrant, nodes: [http://a], apiKey: "${key}" }\n`;
    const secret = desired(line("${env:K}"), { K: "s3cret" }).clusters[0]?.apiKey;
    expect(secret?.reveal()).toBe("s3cret");
    expect([String(secret), JSON.stringify({ secret }), inspect({ secret })].join()).toBe(
      '${env:K},{"secret":"${env:K}"},{ secret: ${env:K} }',
    );
    expect(String(desired(line("s3cret")).clusters[0]?.apiKey)).toBe("(secret)");
    expect(String(desired(line("s3-${env:K}"), { K: "x" }).clusters[0]?.apiKey)).toBe("(secret)");
  });
});
