import { describe, expect, test } from "vitest";
import {
  checkDataSource,
  checkResource,
  resolveResource,
} from "../../../../src/terraform/schema/convert.ts";
import { checkImmutable } from "../../../../src/terraform/schema/immutable.ts";
import { PROVIDER_SCHEMA } from "../../../../src/terraform/schema/provider-schema.gen.ts";
import type { ResourceTypeName } from "../../../../src/terraform/schema/resource-config.ts";
import type { TerraformObject } from "../../../../src/terraform/schema/schema.ts";
import {
  around,
  baseEnv,
  baseProvider,
  leanPolicy,
  leanRestore,
  told,
  toldOfProvider,
} from "./samples.ts";

function ofPolicy(change: TerraformObject): readonly string[] {
  return told(checkResource("snapform_backup_policy", { ...leanPolicy, ...change }));
}

function ofRestore(change: TerraformObject): readonly string[] {
  return told(checkResource("snapform_restore", { ...leanRestore, ...change }));
}

/** With the provider's configuration known. */
function whole(
  type: ResourceTypeName,
  value: TerraformObject,
  provider: TerraformObject = baseProvider,
): readonly string[] {
  return told(resolveResource(type, value, provider, { ...around, env: baseEnv }).mistakes);
}

describe("a mistake in a policy is told at its attribute, in the words of HCL", () => {
  test.each<[string, TerraformObject, string]>([
    [
      "schedule",
      { schedule: { cron: "0 2 31 2 *" } },
      "schedule.cron cron-never-fires: At schedule.cron: The expression never fires, or can go " +
        "more than eight years without a run. Check day of month and month.",
    ],
    [
      "time zone",
      { schedule: { cron: "0 2 * * *", timezone: "Europe/Berln" } },
      "schedule.timezone unknown-timezone: At schedule.timezone: Unknown time zone " +
        '"Europe/Berln"; expected an IANA name such as "Europe/Berlin" or "UTC". Did you mean ' +
        '"Europe/Berlin"?',
    ],
    [
      "choice",
      { schedule: { cron: "0 2 * * *", day_match: "some" } },
      "schedule.day_match wrong-value: At schedule.day_match: Expected " +
        '"any" or "all", found the text "some".',
    ],
    [
      "empty retention",
      { retention: {} },
      "retention empty-retention: A retention without any rule would keep nothing. Give at least " +
        "one, such as `daily = 7`, or write `retention = { keep_all = true }` to keep everything.",
    ],
    [
      "rule without effect",
      { retention: { keep_all: true, within_daily: "3d" } },
      "retention.within_daily retention-conflict: At retention.within_daily: With " +
        '"keep_all" everything is kept, so "within_daily" would mean nothing.',
    ],
    [
      "count",
      { retention: { last: "0" } },
      "retention.last wrong-value: At retention.last: Expected a whole number of at least 1, or " +
        '"all", such as 3, found the text "0".',
    ],
    [
      "number",
      { keep_on_cluster: -1 },
      "keep_on_cluster out-of-range: Expected a whole number of at least 0, found the number -1.",
    ],
    [
      "pattern",
      { collections: ["docs", "!!x"] },
      "collections.1 invalid-pattern: At collections[1]: A pattern is the name of a collection, or " +
        "a part of it with `*`; a leading `!` leaves out what matches. This one is empty, or " +
        "begins with a space or with `!!`.",
    ],
    [
      "empty list",
      { collections: [] },
      'collections empty-list: Expected a list of patterns such as ["docs-*", "!docs-tmp"], ' +
        "found an empty list.",
    ],
    [
      "name",
      { name: "night ly" },
      'name invalid-name: "night ly" is not a valid name. A name consists of letters, digits, `_` ' +
        "and `-`, and does not begin with `-`.",
    ],
    [
      "former name",
      { former_names: ["daily", "nightly"] },
      'former_names.1 invalid-move: At former_names[1]: "nightly" is the name of today. ' +
        "Leave it out.",
    ],
    [
      "former name that is there twice",
      { former_names: ["daily", "weekly", "daily"] },
      'former_names.2 invalid-move: At former_names[2]: "daily" is there already, at ' +
        "former_names[0]. Leave it out.",
    ],
    [
      "what only Terraform has",
      { on_destroy: "destroy" },
      'on_destroy wrong-value: Expected one of keep, delete, found "destroy".',
    ],
  ])("%s", (_, change, line) => {
    expect(ofPolicy(change)).toEqual([line]);
  });
});

describe("a mistake in a restore is told at its attribute, in the words of HCL", () => {
  const to = { cluster: "local", collection: "docs-restored" };

  test.each<[string, TerraformObject, string]>([
    [
      "no form",
      { from: { cluster: "prod", collection: "docs" } },
      "from restore-form: The source is not named. Use one of: `policy` and `collection`; " +
        "`snapshot`; `repository`, `cluster` and `collection`.",
    ],
    [
      "two forms",
      { from: { policy: "nightly", repository: "vault", cluster: "prod", collection: "docs" } },
      'from.repository restore-form: At from.repository: The attributes "policy" and "repository" ' +
        "exclude each other. Use one of: `policy` and `collection`; `snapshot`; `repository`, " +
        "`cluster` and `collection`.",
    ],
    [
      "point in time",
      { from: { policy: "nightly", cluster: "prod", collection: "docs", at: "yesterday" } },
      "from.at invalid-point: At from.at: Expected `latest`, an RFC 3339 instant with an offset " +
        "such as `2026-11-01T00:00:00Z`, or the id of a snapshot such as " +
        "`20261101T020000Z-3f9c1a2b`.",
    ],
    [
      "alias",
      { to: { ...to, if_exists: "alias" } },
      'to.if_exists restore-mode: At to.if_exists: With `if_exists = "alias"`, the attribute ' +
        "`alias` is needed: the name of the alias to move.",
    ],
    [
      "follow",
      { refresh: "follow" },
      'refresh restore-mode: `refresh = "follow"` restores again and again, so the target exists ' +
        "from the second time on. Set `if_exists` to `alias` or `replace`.",
    ],
    [
      "own source",
      { to: { cluster: "prod", collection: "docs", if_exists: "fail" } },
      "to.collection restore-onto-source: At to.collection: The target is the very collection that " +
        "the snapshot was taken of. Going back in place needs " +
        '`if_exists = "replace"` and `refresh = "once"`. After a disaster, use `snapform restore`.',
    ],
    [
      "span",
      { to: { ...to, keep_replaced: "a week" } },
      'to.keep_replaced invalid-span: At to.keep_replaced: Invalid span "a week": expected a whole ' +
        'number and one of ms, s, m, h, d, such as "30s", "10m" or "7d", or "0".',
    ],
    [
      "name of a policy",
      { from: { policy: "night ly", cluster: "prod", collection: "docs" } },
      'from.policy invalid-name: At from.policy: "night ly" is not a valid name. A name consists of ' +
        "letters, digits, `_` and `-`, and does not begin with `-`.",
    ],
  ])("%s", (_, change, line) => {
    expect(ofRestore(change)).toEqual([line]);
  });
});

describe("what a resource refers to", () => {
  test("has to be configured in the provider", () => {
    expect(whole("snapform_backup_policy", { ...leanPolicy, cluster: "prd" })).toEqual([
      'cluster unknown-reference: There is no cluster "prd". Did you mean "prod"? Declared under ' +
        "`clusters`: local, prod, cloud, old.",
    ]);
    const from = { policy: "nightly", cluster: "prd", collection: "docs" };
    expect(whole("snapform_restore", { ...leanRestore, from })[0]).toMatch(
      /^from\.cluster unknown-reference: At from\.cluster: There is no cluster "prd"\./,
    );
    expect(
      whole("snapform_snapshot", { name: "s", cluster: "prod", collection: "c", repository: "x" }),
    ).toEqual([expect.stringMatching(/^repository unknown-reference: There is no repository "x"/)]);
  });

  test("tells a mistake of the provider's configuration without a place in the resource", () => {
    const provider = { ...baseProvider, project: "search backups" };
    expect(whole("snapform_backup_policy", leanPolicy, provider)).toEqual([
      " wrong-value: In the configuration of the provider, at project: Expected a name such as " +
        'search-backups, found the text "search backups".',
    ]);
  });
});

describe("a mistake in the provider's configuration is told at its attribute", () => {
  test("of a cluster", () => {
    expect(
      toldOfProvider({
        clusters: {
          prod: { engine: "qdrant", nodes: [{ url: "node-0" }], uri: "./x" },
          cloud: { engine: "zilliz", address: "a" },
          slow: { engine: "qdrant", nodes: [{ url: "http://q:6333" }], timeout: "0s" },
        },
      }),
    ).toEqual([
      "clusters.prod.uri foreign-key: At clusters.prod.uri: The engine qdrant has no attribute " +
        '"uri". Its attributes: nodes, api_key, token, ca_file, timeout, concurrency.',
      "clusters.prod.nodes.0.url invalid-url: At clusters.prod.nodes[0].url: Expected a URL with " +
        "scheme and port such as https://node-0.example:6333.",
      "clusters.cloud missing-key: At clusters.cloud: A cluster with the engine zilliz needs the " +
        'attribute "api_key".',
      "clusters.slow.timeout invalid-span: At clusters.slow.timeout: It must be longer than nothing.",
    ]);
  });

  test("of repositories, with the other place by its path", () => {
    const repositories = {
      a: { type: "filesystem", path: "./vault" },
      b: { type: "filesystem", path: "vault" },
    };
    expect(toldOfProvider({ repositories })).toEqual([
      "repositories.b.path repository-path-twice: At repositories.b.path: The folder is that of the " +
        'repository "a" already, at repositories.a.path.',
    ]);
  });

  test("of the place for the record, which nothing but one repository can imply", () => {
    const vault = { type: "filesystem", path: "./vault" };
    const archive = { type: "filesystem", path: "./archive" };
    expect(toldOfProvider({ state: null, repositories: { vault } })).toEqual([]);
    for (const repositories of [null, {}, { vault, archive }]) {
      expect(toldOfProvider({ state: null, repositories })).toEqual([
        expect.stringMatching(/^state missing-state: /),
      ]);
    }
  });

  test("of the defaults", () => {
    expect(toldOfProvider({ defaults: { timezone: "Mars/Base", repository: "valt" } })).toEqual([
      'defaults.timezone unknown-timezone: At defaults.timezone: There is no time zone "Mars/Base". ' +
        "Expected an IANA name such as `Europe/Berlin` or `UTC`.",
      'defaults.repository unknown-reference: At defaults.repository: There is no repository "valt". ' +
        "Declared: vault, under `repositories`.",
    ]);
  });

  test("of two clusters that one environment variable would serve, without its value", () => {
    const node = { engine: "qdrant", nodes: [{ url: "http://q:6333" }] };
    const clusters = { "a-b": node, a_b: { ...node, nodes: [{ url: "http://r:6333" }] } };
    const lines = toldOfProvider({ clusters }, { SNAPFORM_A_B_API_KEY: "hunter2" });
    expect(lines).toEqual([
      'clusters.a_b ambiguous-variable: The clusters "a-b" and "a_b" would both take `api_key` from ' +
        "SNAPFORM_A_B_API_KEY. Rename one of them, or give `api_key` in the configuration.",
    ]);
    expect(toldOfProvider({ clusters }, {})).toEqual([]);
  });

  test("shows no secret, whatever is wrong with it", () => {
    const lines = toldOfProvider({
      clusters: {
        prod: { engine: "qdrant", nodes: [{ url: "http://q:6333", api_key: "" }], api_key: "" },
        cloud: { engine: "lancedb", uri: "./d", api_key: "hunter9" },
      },
    });
    expect(lines).toHaveLength(3);
    expect(lines.join("\n")).not.toMatch(/hunter|\$\{env/);
  });
});

describe("the filters of a data source", () => {
  test("are checked", () => {
    const filters = {
      place: "vault",
      status: "whole",
      finished_after: "yesterday",
      finished_before: "2026-12-01T00:00:00Z",
      limit: 0,
    };
    expect(
      told(checkDataSource("snapform_snapshots", filters)).map((line) => line.split(":")[0]),
    ).toEqual([
      "place wrong-value",
      "status wrong-value",
      "finished_after wrong-value",
      "limit out-of-range",
    ]);
  });
});

describe("what must not change", () => {
  const attributes = (type: string) => PROVIDER_SCHEMA.resources[type]?.attributes ?? {};
  const snapshot = { name: "before", cluster: "prod", collection: "docs", former_names: null };

  test("is refused for a snapshot, whose replacement would be taken today", () => {
    const check = (change: TerraformObject) =>
      told(checkImmutable(attributes("snapform_snapshot"), snapshot, { ...snapshot, ...change }));
    expect(check({ collection: "other" })).toEqual([
      'collection immutable: It is "docs" and stays so. Declare another resource for another one, ' +
        "or go back.",
    ]);
    expect(check({ description: "new" })).toEqual([]);
    expect(check({ name: "after" })).toEqual([expect.stringMatching(/^name immutable: /)]);
  });

  test("lets a name change that is listed among the former ones", () => {
    const planned = { ...leanPolicy, name: "nightly2", former_names: ["daily", "nightly"] };
    const policy = attributes("snapform_backup_policy");
    expect(checkImmutable(policy, leanPolicy, planned)).toEqual([]);
    expect(
      told(checkImmutable(policy, leanPolicy, { ...planned, former_names: ["daily"] })),
    ).toEqual([
      'name immutable: It was "nightly". What belongs to that name would be left behind: add ' +
        '"nightly" to `former_names`, or declare another resource.',
    ]);
  });
});
