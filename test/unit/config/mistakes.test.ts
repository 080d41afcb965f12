import { describe, expect, test } from "vitest";
import { load, shown, told, withBase, withPolicy } from "./load.ts";

const restore = (from: string, to: string, more = ""): string =>
  withBase(`policies:
  p: { cluster: prod, collections: ["*"], schedule: { cron: "0 2 * * *" }, retention: keep }
restores:
  r: { from: ${from}, to: ${to}${more} }
`);

describe("a mistake in the shape", () => {
  test.each([
    [
      "a misspelt key",
      "retnetion: 1",
      '11:5 unknown-key: There is no key "retnetion" in policies.p. Did you mean "retention"? Known keys: "cluster", "collections", "schedule", "retention", "repository", "keepOnCluster", "description".',
    ],
    [
      "a far-off key",
      "xyzzy: 1",
      '12:5 unknown-key: There is no key "xyzzy" in policies.p. Known keys: "cluster", "collections", "schedule", "retention", "repository", "keepOnCluster", "description".',
    ],
    [
      "a number for a list",
      "collections: 3",
      '9:18 wrong-type: Expected a list of patterns such as ["docs-*", "!docs-tmp"], found the number 3.',
    ],
    [
      "a text for a map",
      "schedule: nightly",
      '10:15 wrong-type: Expected a schedule such as { cron: "0 2 * * *", timezone: Europe/Berlin }, found the text "nightly".',
    ],
    [
      "nothing",
      "cluster:",
      "8:13 wrong-type: Expected the name of a cluster such as prod, found nothing.",
    ],
    [
      "an empty list",
      "collections: []",
      '9:18 empty-list: Expected a list of patterns such as ["docs-*", "!docs-tmp"], found an empty list.',
    ],
    [
      "a number for text",
      "description: 2026",
      '12:18 wrong-type: Expected text such as "every night, for the search team", found the number 2026. Put it in quotes if it is meant as text.',
    ],
    [
      "a negative number",
      "keepOnCluster: -1",
      "12:20 out-of-range: Expected a whole number of at least 0, found the number -1.",
    ],
    [
      "a wrong choice",
      'schedule: { cron: "0 2 1 * 1", dayMatch: al }',
      '10:46 wrong-value: Expected "any" or "all", found the text "al". Did you mean "all"?',
    ],
    [
      "a number for a choice",
      'schedule: { cron: "0 2 1 * 1", dayMatch: 3 }',
      '10:46 wrong-type: Expected "any" or "all", found the number 3.',
    ],
    [
      "a missing key",
      "schedule: { timezone: UTC }",
      '10:5 missing-key: The key "cron" is missing in policies.p.schedule: a cron expression such as "0 2 * * *".',
    ],
    [
      "a count of zero",
      "retention: { daily: 0 }",
      '11:25 wrong-type: Expected a whole number of at least 1, or "all", such as 7, found the number 0.',
    ],
    [
      "a negative count",
      "retention: { daily: -7 }",
      '11:25 wrong-type: Expected a whole number of at least 1, or "all", such as 7, found the number -7.',
    ],
    [
      "a word as count",
      "retention: { daily: some }",
      '11:25 wrong-value: Expected a whole number of at least 1, or "all", such as 7, found the text "some".',
    ],
    [
      "minKeep of zero",
      "retention: { last: 1, minKeep: 0 }",
      "11:36 out-of-range: Expected a whole number of at least 1, found the number 0.",
    ],
    [
      "another word than keep",
      "retention: forever",
      '11:16 wrong-type: Expected a retention such as { last: 3, daily: 7, weekly: 4, monthly: 6 }, found the text "forever".',
    ],
  ])("is told in plain words: %s", (name, line, expected) => {
    const at =
      name === "a misspelt key"
        ? withPolicy(line).replace("    retention: { last: 3 }\n", "")
        : withPolicy(line);
    expect(told(at)).toEqual([expected]);
  });

  test("at the top level is told at its key", () => {
    expect(told("version: 1\nprojct: demo\n")).toEqual([
      '2:1 unknown-key: There is no key "projct" at the top level. Did you mean "project"? Known keys: "version", "project", "state", "clusters", "repositories", "policies", "snapshots", "restores", "moved", "removed".',
    ]);
    expect(told("version: 2\nproject: a b\n")).toEqual([
      "1:10 wrong-value: Expected 1, the only version there is, found the number 2.",
      '2:10 wrong-value: Expected a name such as search-backups, found the text "a b".',
    ]);
    expect(told("clusters: {}\n")).toEqual([
      '1:1 missing-key: The keys "version", "project" are missing in the configuration.',
    ]);
  });

  test("in a name is told at the name", () => {
    expect(told(withBase("repositories: { a b: { type: filesystem, path: /x } }\n"))).toEqual([
      '6:17 invalid-name: "a b" is not a valid name. A name consists of letters, digits, `_` and `-`, and does not begin with `-`.',
    ]);
  });
});

describe("a mistake in a schedule", () => {
  test.each([
    [
      'cron: "0 2 30 2 *"',
      "cron-never-fires: The expression never fires, or can go more than eight years without a run. Check day of month and month.",
    ],
    [
      'cron: "0 0 2 * * *"',
      "invalid-cron: Expected five fields (minute, hour, day of month, month, day of week), got 6; seconds and years are not supported.",
    ],
    [
      'cron: "0 2 1 * 1"',
      'cron-ambiguous: Day of month "1" and day of week "1" are both set; set dayMatch to "any" (a day matches either) or "all" (a day matches both).',
    ],
    ['cron: "99 2 * * *"', 'invalid-cron: Minute "99": 99 is outside 0 to 59.'],
  ])("is told at the expression: %s", (schedule, expected) => {
    expect(told(withPolicy(`schedule: { ${schedule} }`))).toEqual([`10:23 ${expected}`]);
  });

  test("in the zone is told with the nearest zone", () => {
    expect(told(withPolicy('schedule: { cron: "0 2 * * *", timezone: Europe/Berln }'))).toEqual([
      '10:46 unknown-timezone: Unknown time zone "Europe/Berln"; expected an IANA name such as "Europe/Berlin" or "UTC". Did you mean "Europe/Berlin"?',
    ]);
  });

  test("is told together with one in the zone", () => {
    expect(told(withPolicy('schedule: { cron: "x", timezone: Nowhere/Atall }'))).toHaveLength(2);
  });
});

describe("a mistake in a retention", () => {
  test.each([
    [
      "{}",
      "11:5 empty-retention: A retention without any rule would keep nothing. Give at least one, such as `daily: 7`, or write `retention: keep` to keep everything.",
    ],
    [
      "{ minKeep: 3 }",
      "11:5 empty-retention: A retention without any rule would keep nothing. Give at least one, such as `daily: 7`, or write `retention: keep` to keep everything.",
    ],
    [
      "{ within: 2w }",
      '11:26 invalid-retention: Invalid duration "2w": expected years, months, days and hours in this order, such as "14d", "6m" or "1y2m3d4h".',
    ],
    ["{ within: 30 }", "11:26 wrong-type: Expected a duration such as 30d, found the number 30."],
    [
      "{ keepAll: true, daily: 7 }",
      '11:33 retention-conflict: With "keepAll" everything is kept, so "daily" would mean nothing.',
    ],
  ])("is told: %s", (retention, expected) => {
    expect(told(withPolicy(`retention: ${retention}`))).toEqual([expected]);
  });
});

describe("a pattern", () => {
  test.each(['""', '"!"', '" docs"', '"!!docs"'])(
    "that selects nothing is refused: %s",
    (pattern) => {
      expect(told(withPolicy(`collections: [${pattern}]`))).toEqual([
        "9:19 invalid-pattern: A pattern is the name of a collection, or a part of it with `*`; a leading `!` leaves out what matches. This one is empty, or begins with a space or with `!!`.",
      ]);
    },
  );
});

describe("a mistake in a cluster", () => {
  const cluster = (text: string): readonly string[] =>
    told(`version: 1\nproject: demo\nclusters:\n  c: { ${text} }\n`);

  test.each([
    [
      "engine: qdrnt",
      '4:16 unknown-engine: There is no engine "qdrnt". Did you mean "qdrant"? Engines: lancedb, milvus, qdrant, zilliz.',
    ],
    ["engine: lancedb", '4:3 missing-key: A cluster with the engine lancedb needs the key "uri".'],
    [
      "engine: lancedb, uri: 's3://bucket/db'",
      "4:30 not-local: Only LanceDB databases in a local folder are supported. Give the path of the folder, not the address of an object store or server.",
    ],
    [
      "engine: lancedb, uri: x, timeout: 3s",
      '4:33 foreign-key: The engine lancedb has no key "timeout". Its keys: uri, concurrency.',
    ],
    [
      "engine: qdrant, nodes: [q]",
      "4:32 invalid-url: Expected a URL with scheme and port such as https://node-0.example:6333.",
    ],
    [
      "engine: qdrant, nodes: ['http://q', 'http://Q/']",
      "4:44 node-twice: The node stands at position 1 already.",
    ],
    [
      "engine: qdrant, nodes: ['http://q'], timeout: 30",
      "4:54 wrong-type: Expected a span of time such as 30s, found the number 30.",
    ],
    [
      "engine: qdrant, nodes: ['http://q'], timeout: 1w",
      '4:54 invalid-span: Invalid span "1w": expected a whole number and one of ms, s, m, h, d, such as "30s", "10m" or "7d", or "0".',
    ],
    [
      "engine: qdrant, nodes: ['http://q'], timeout: 0s",
      "4:54 invalid-span: It must be longer than nothing.",
    ],
    ["engine: milvus, address: m, username: u", '4:36 invalid-login: A "password" is missing.'],
    [
      "engine: milvus, address: m, username: u, password: p, token: t",
      '4:36 invalid-login: Give either "token" or "username" and "password", not both.',
    ],
  ])("is told: %s", (text, expected) => {
    expect(cluster(text)).toEqual([expected]);
  });

  test("does not touch the engine for tests, which is not offered", () => {
    expect(cluster("engine: memory, concurrency: 2")).toEqual([]);
  });
});

describe("a name that is not declared", () => {
  test("is told with the nearest one, wherever it stands", () => {
    const text = withBase(`repositories:
  vault: { type: filesystem, path: /v }
policies:
  nightly: { cluster: prdo, collections: [a], schedule: { cron: "0 2 * * *" }, retention: keep, repository: valt }
snapshots:
  s: { cluster: q, collection: a, repository: other }
restores:
  a: { from: { policy: nightyl, collection: a }, to: { cluster: locla, collection: b } }
  b: { from: { snapshot: t }, to: { cluster: local, collection: c } }
  c: { from: { repository: vlt, cluster: elsewhere, collection: a }, to: { cluster: local, collection: d } }
`);
    expect(told(text)).toEqual([
      '9:23 unknown-reference: There is no cluster "prdo". Did you mean "prod"? Declared under `clusters`: local, prod.',
      '9:109 unknown-reference: There is no repository "valt". Did you mean "vault"? Declared under `repositories`: vault.',
      '11:17 unknown-reference: There is no cluster "q". Declared under `clusters`: local, prod.',
      '11:47 unknown-reference: There is no repository "other". Declared under `repositories`: vault.',
      '13:24 unknown-reference: There is no policy "nightyl". Did you mean "nightly"? Declared under `policies`: nightly.',
      '13:65 unknown-reference: There is no cluster "locla". Did you mean "local"? Declared under `clusters`: local, prod.',
      '14:26 unknown-reference: There is no snapshot "t". Did you mean "s"? Declared under `snapshots`: s.',
      '15:28 unknown-reference: There is no repository "vlt". Declared under `repositories`: vault.',
    ]);
  });

  test("is not told again when the resource itself is broken", () => {
    expect(
      told(
        withBase(
          "repositories: { v: 3 }\nsnapshots: { s: { cluster: prod, collection: a, repository: v } }\n",
        ),
      ),
    ).toEqual(["6:20 wrong-type: Expected a repository, found the number 3."]);
  });
});

describe("a mistake in a restore", () => {
  const target = "{ cluster: local, collection: b }";
  const policy = "{ policy: p, collection: a }";

  test.each([
    [
      "{ collection: a }",
      target,
      "",
      "9:8 restore-form: The source is not named. Use one of: `policy` and `collection`; `snapshot`; `repository`, `cluster` and `collection`.",
    ],
    [
      "{ policy: p }",
      target,
      "",
      '9:8 restore-form: With "policy", the key "collection" is needed too.',
    ],
    [
      "{ policy: p, cluster: prod, collection: a }",
      target,
      "",
      '9:27 restore-form: With "policy", the key "cluster" has no meaning: the policy says it.',
    ],
    [
      "{ policy: p, collection: a, repository: default }",
      target,
      "",
      '9:42 restore-form: The keys "policy" and "repository" exclude each other. Use one of: `policy` and `collection`; `snapshot`; `repository`, `cluster` and `collection`.',
    ],
    [
      "{ policy: p, collection: a, at: yesterday }",
      target,
      "",
      "9:46 invalid-point: Expected `latest`, an RFC 3339 instant with an offset such as `2026-11-01T00:00:00Z`, or the id of a snapshot such as `20261101T020000Z-3f9c1a2b`.",
    ],
    [
      "{ policy: p, collection: a, at: 2026-11-01 }",
      target,
      "",
      "9:46 invalid-point: Expected `latest`, an RFC 3339 instant with an offset such as `2026-11-01T00:00:00Z`, or the id of a snapshot such as `20261101T020000Z-3f9c1a2b`.",
    ],
    [
      policy,
      target,
      ", refresh: follow",
      "9:92 restore-mode: `refresh: follow` restores again and again, so the target exists from the second time on. Set `ifExists` to `alias` or `replace`.",
    ],
    [
      policy,
      "{ cluster: local, collection: b, ifExists: alias }",
      "",
      "9:91 restore-mode: With `ifExists: alias`, the key `alias` is needed: the name of the alias to move.",
    ],
    [
      policy,
      "{ cluster: local, collection: b, alias: c }",
      "",
      "9:81 restore-mode: The key `alias` has a meaning only with `ifExists: alias`.",
    ],
    [
      policy,
      "{ cluster: prod, collection: a }",
      "",
      "9:77 restore-onto-source: The target is the very collection that the snapshot was taken of. Going back in place needs `ifExists: replace` and `refresh: once`. After a disaster, use `snapform restore`.",
    ],
    [
      policy,
      "{ cluster: local, collection: b, keepReplaced: 1w }",
      "",
      '9:95 invalid-span: Invalid span "1w": expected a whole number and one of ms, s, m, h, d, such as "30s", "10m" or "7d", or "0".',
    ],
  ])("is told: from %s to %s%s", (from, to, more, expected) => {
    expect(told(restore(from, to, more))).toEqual([expected]);
  });

  test("does not lie in going back in place once", () => {
    expect(told(restore(policy, "{ cluster: prod, collection: a, ifExists: replace }"))).toEqual(
      [],
    );
  });

  test("that shares its target with another is told with both places", () => {
    const text = `${restore(policy, target)}  s: { from: ${policy}, to: ${target} }\n`;
    expect(told(text)).toEqual([
      '10:78 restore-target-twice: The collection "b" on local is the target of restore.r already, at snapform.yaml:9:78.',
    ]);
  });
});

describe("a mistake in moved and removed", () => {
  const snapshots = "snapshots:\n  a: { cluster: prod, collection: a }\n";

  test.each([
    [
      "moved: [{ from: snapshot.a, to: snapshot.b }]",
      [
        "8:17 invalid-move: snapshot.a is still declared, so its history belongs to it. Remove the declaration, or the move.",
        '8:33 invalid-move: snapshot.b is not declared. Did you mean "snapshot.a"?',
      ],
    ],
    [
      "moved: [{ from: snapshot.x, to: policy.p }]",
      ["8:33 invalid-move: A snapshot cannot become a policy."],
    ],
    [
      "moved: [{ from: snapshot.x, to: snapshot.x }]",
      ["8:33 invalid-move: It moves to where it is."],
    ],
    [
      "moved: [{ from: snapshot.x, to: snapshot.y }, { from: snapshot.y, to: snapshot.x }]",
      [
        "8:33 invalid-move: The moves go round in a circle: snapshot.x -> snapshot.y -> snapshot.x.",
      ],
    ],
    [
      "moved: [{ from: snapshot.x, to: snapshot.a }, { from: snapshot.y, to: snapshot.a }]",
      ["8:71 invalid-move: snapshot.a is the target of a move already, at snapform.yaml:8:33."],
    ],
    [
      "moved: [{ from: nightly, to: snapshot.a }]",
      [
        '8:17 invalid-address: "nightly" is not the address of a resource. Expected `policy.NAME`, `snapshot.NAME` or `restore.NAME`.',
      ],
    ],
    [
      "moved: [{ from: 'policy.p[\"prod/a\"]', to: policy.q }]",
      [
        '8:17 invalid-address: "policy.p[\\"prod/a\\"]" is not the address of a resource. Expected `policy.NAME`, `snapshot.NAME` or `restore.NAME`.',
      ],
    ],
    [
      "removed: { snapshot.a: {} }",
      [
        "8:12 invalid-removal: snapshot.a is still declared. Remove the declaration, or this entry.",
      ],
    ],
    [
      "removed: { cluster.a: {} }",
      [
        '8:12 invalid-address: "cluster.a" is not the address of a resource. Expected `policy.NAME`, `snapshot.NAME` or `restore.NAME`.',
      ],
    ],
    [
      "moved: [{ from: snapshot.x, to: snapshot.a }]\nremoved: { snapshot.x: {} }",
      [
        "9:12 invalid-removal: snapshot.x is moved to snapshot.a at snapform.yaml:8:17, so it cannot be removed as well.",
      ],
    ],
  ])("is told: %s", (line, expected) => {
    expect(told(withBase(`${snapshots}${line}\n`))).toEqual(expected);
  });

  test("does not lie in a chain of renames", () => {
    const text = withBase(
      `${snapshots}moved: [{ from: snapshot.x, to: snapshot.y }, { from: snapshot.y, to: snapshot.a }]\n`,
    );
    expect(load(text).desired?.moved).toEqual([
      { from: "snapshot.x", to: "snapshot.a" },
      { from: "snapshot.y", to: "snapshot.a" },
    ]);
  });
});

describe("folders that get into each other's way", () => {
  test("are told with both places", () => {
    const text = withBase(`repositories:
  a: { type: filesystem, path: /v }
  b: { type: filesystem, path: ../v/ }
  c: { type: filesystem, path: ./data/vault }
  d: { type: filesystem, path: .snapform/vault }
snapshots:
  s: { cluster: local, collection: a }
`);
    expect(told(text)).toEqual([
      '8:32 repository-path-twice: The folder is that of the repository "a" already, at snapform.yaml:7:32.',
      '9:32 overlapping-folders: Repository c and the LanceDB database of the cluster "local" (snapform.yaml:4:34) lie one inside the other. Put them apart, so that neither takes the files of the other for its own.',
      '10:32 repository-path-twice: The folder is that of the repository "default", which is used where none is named.',
    ]);
  });
});

describe("a reference to the environment", () => {
  test("that is not set is told with its name, once, without consequences", () => {
    expect(told(withPolicy("cluster: ${env:NOPE}"))).toEqual([
      "8:14 missing-variable: The environment variable NOPE is not set.",
    ]);
  });

  test("of another form is refused", () => {
    expect(told(withPolicy("description: $HOME ${HOME}"))).toEqual([
      "12:18 invalid-reference: Only `${env:NAME}` can be used here, NAME being letters, digits and `_`. Write `$${` for a plain `${`.",
    ]);
  });

  test("is always text", () => {
    expect(told(withPolicy("keepOnCluster: ${env:N}"), { N: "3" })).toEqual([
      '12:20 wrong-type: Expected a number such as 1, found the text "${env:N}". What comes from the environment is always text.',
    ]);
  });
});

describe("secrets", () => {
  const env = { KEY: "s3cret-from-env" };
  const text = (line: string): string =>
    `version: 1\nproject: demo\nclusters:\n  c: { engine: qdrant, nodes: ["http://q:6333"], ${line} }\n`;

  test.each([
    ["of a wrong type", "apiKey: 8675309"],
    ["in a list", "apiKey: [hunter2]"],
    ["under a misspelt key", "apiKy: hunter2, x: 8675309"],
    ["under a key of another engine", "password: hunter2"],
    ["in an address", "address: 'u:hunter2@host'"],
    ["beside another mistake", "timeout: nope, apiKey: hunter2"],
    ["with a malformed reference", "apiKey: 'hunter2${x}'"],
    ["in a file that is no YAML", "apiKey: hunter2, timeout: ]"],
    ["from the environment", "apiKey: '${env:KEY}', timeout: 3"],
  ])("are not shown: %s", (_, line) => {
    const loaded = load(text(line), env);
    expect(loaded.desired).toBeNull();
    expect(shown(loaded)).not.toMatch(/hunter2|8675309|s3cret/);
  });

  test("are not shown in the line of a mistake, where the columns stay", () => {
    expect(shown(load(text("apiKey: hunter2, timeout: nope")))).toBe(
      `Error: Invalid span of time
  on snapform.yaml:4:76, in clusters.c.timeout:
  4 |   c: { engine: qdrant, nodes: ["http://q:6333"], apiKey: *******, timeout: nope }
    |                                                                            ^^^^
  Invalid span "nope": expected a whole number and one of ms, s, m, h, d, such as "30s", "10m" or "7d", or "0".`,
    );
  });
});

describe("several files", () => {
  test("are told of a name that stands in two of them, with both places", () => {
    const a = withBase("snapshots: { s: { cluster: prod, collection: a } }\n");
    const b = "project: other\nsnapshots:\n  s: { cluster: prod, collection: b }\n";
    expect(told({ "a.yaml": a, "sub/b.yaml": b })).toEqual([
      'sub/b.yaml:1:1 declared-twice: "project" is declared at a.yaml:2:1 already.',
      'sub/b.yaml:3:3 declared-twice: "s" under snapshots is declared at a.yaml:6:14 already.',
    ]);
  });

  test("are told of what is wrong in each, in order", () => {
    const texts = { "a.yaml": withBase("x: 1\n"), "b.yaml": "clusters: 3\ny: 1\n" };
    expect(told(texts).map((line) => line.split(" ", 2).join(" "))).toEqual([
      "a.yaml:6:1 unknown-key:",
      "b.yaml:1:11 wrong-type:",
      "b.yaml:2:1 unknown-key:",
    ]);
  });

  test("stay silent about what an unreadable file may declare", () => {
    const texts = { "a.yaml": withPolicy("cluster: other"), "b.yaml": "a: [\n" };
    expect(told(texts)).toHaveLength(1);
  });
});
