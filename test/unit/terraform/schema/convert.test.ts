import { describe, expect, test } from "vitest";
import { checkResource, resolveProvider } from "../../../../src/terraform/schema/convert.ts";
import { withDefaults } from "../../../../src/terraform/schema/defaults.ts";
import { PROVIDER_SCHEMA } from "../../../../src/terraform/schema/provider-schema.gen.ts";
import { UNKNOWN, type TerraformObject } from "../../../../src/terraform/schema/schema.ts";
import {
  around,
  baseEnv,
  baseProvider,
  comparable,
  fromTerraform,
  fromYaml,
  leanPolicy,
  leanRestore,
} from "./samples.ts";
import type { Desired } from "../../../../src/desired/desired.ts";

const fullPolicy = {
  name: "nightly",
  cluster: "prod",
  collections: ["docs-*", "!docs-tmp"],
  schedule: { cron: "0 2 1 * 1", timezone: "Europe/Berlin", day_match: "any" },
  retention: {
    last: "3",
    daily: "7",
    yearly: "all",
    within: "30d",
    within_hourly: "2d",
    keep_all: false,
    min_keep: 2,
  },
  repository: "vault",
  keep_on_cluster: 2,
  description: "every night",
  former_names: ["daily", "weekly"],
  runs: "external",
  deletion_protection: true,
  on_destroy: "delete",
  acknowledge: null,
  id: null,
  changes: null,
  timeouts: { create: "30m", update: null, delete: null },
};

const fullPolicyYaml = `policies:
  nightly:
    cluster: prod
    collections: ["docs-*", "!docs-tmp"]
    schedule: { cron: "0 2 1 * 1", timezone: Europe/Berlin, dayMatch: any }
    retention:
      { last: 3, daily: 7, yearly: all, within: 30d, withinHourly: 2d, keepAll: false, minKeep: 2 }
    repository: vault
    keepOnCluster: 2
    description: every night
moved: [{ from: policy.weekly, to: policy.daily }, { from: policy.daily, to: policy.nightly }]
`;

function expectSame(found: Desired, wanted: Desired): void {
  expect(comparable(found)).toEqual(comparable(wanted));
}

describe("a resource resolves to what the same YAML does", () => {
  test("a policy with everything, fingerprint included", () => {
    expectSame(fromTerraform("snapform_backup_policy", fullPolicy), fromYaml(fullPolicyYaml));
  });

  test("a policy renamed more than once, in whatever order its names are given", () => {
    const moves = ["policy.daily", "policy.weekly"].map((from) => ({ from, to: "policy.nightly" }));
    for (const former of [
      ["daily", "weekly"],
      ["weekly", "daily"],
    ]) {
      const policy = { ...fullPolicy, former_names: former };
      expect(fromTerraform("snapform_backup_policy", policy).moved).toEqual(moves);
    }
  });

  test("a policy with nothing but what it must have, on an engine with an implied repository", () => {
    const policy = { ...leanPolicy, cluster: "local", retention: { keep_all: true } };
    const yaml = `policies:
  nightly: { cluster: local, collections: ["*"], schedule: { cron: "0 2 * * *" }, retention: keep }
`;
    expectSame(fromTerraform("snapform_backup_policy", policy), fromYaml(yaml));
  });

  test("a policy whose defaults were planned is the policy that left them out", () => {
    const attributes = PROVIDER_SCHEMA.resources["snapform_backup_policy"]?.attributes ?? {};
    const planned = withDefaults(attributes, leanPolicy);
    expect(planned).toMatchObject({ keep_on_cluster: 1, on_destroy: "keep", runs: "apply" });
    expect(planned).toMatchObject({ retention: { keep_all: false, min_keep: null } });
    const lean = fromTerraform("snapform_backup_policy", leanPolicy);
    expectSame(fromTerraform("snapform_backup_policy", planned), lean);
  });

  test("what is taken out of the configuration goes back to its default, not to what it was", () => {
    const attributes = PROVIDER_SCHEMA.resources["snapform_backup_policy"]?.attributes ?? {};
    const proposed: TerraformObject = {
      ...leanPolicy,
      keep_on_cluster: 5,
      on_destroy: "delete",
      retention: { last: "3", keep_all: true },
      status: UNKNOWN,
      timeouts: { create: "1h" },
    };
    expect(withDefaults(attributes, leanPolicy, proposed)).toMatchObject({
      keep_on_cluster: 1,
      on_destroy: "keep",
      retention: { last: "3", keep_all: false },
      status: UNKNOWN,
      timeouts: { create: "1h" },
    });
  });

  test("a snapshot", () => {
    const snapshot = {
      name: "before-v2",
      cluster: "prod",
      collection: "docs",
      repository: "vault",
      description: "before v2",
    };
    const yaml = `snapshots:
  before-v2: { cluster: prod, collection: docs, repository: vault, description: before v2 }
`;
    expectSame(fromTerraform("snapform_snapshot", snapshot), fromYaml(yaml));
  });

  test.each([
    [
      "a policy",
      { policy: "nightly", cluster: "prod", collection: "docs", at: "2026-11-01T00:00:00+01:00" },
      `policies: { nightly: { cluster: prod, collections: ["*"], schedule: { cron: "0 2 * * *" },
    retention: keep } }
restores: { staging: { from: { policy: nightly, collection: docs,
    at: "2026-11-01T00:00:00+01:00" }, to: TO } }
`,
    ],
    [
      "a snapshot",
      { snapshot: "before-v2", cluster: "prod", collection: "docs" },
      `snapshots: { before-v2: { cluster: prod, collection: docs } }
restores: { staging: { from: { snapshot: before-v2 }, to: TO } }
`,
    ],
    [
      "a repository",
      { repository: "vault", cluster: "gone", collection: "docs" },
      `restores: { staging: { from: { repository: vault, cluster: gone, collection: docs }, to: TO } }
`,
    ],
  ])("a restore from %s, without what belongs to other resources", (_, from, yaml) => {
    const to = {
      cluster: "local",
      collection: "docs-restored",
      if_exists: "replace",
      keep_replaced: "2d",
    };
    const restore = { name: "staging", from, to, refresh: "follow", check: "count" };
    const toYaml =
      "{ cluster: local, collection: docs-restored, ifExists: replace, keepReplaced: 2d }, " +
      "refresh: follow, check: count";
    const whole = fromYaml(yaml.replace("TO", toYaml));
    const { fingerprint } = fromTerraform("snapform_restore", restore);
    const alone = { ...whole, policies: [], snapshots: [], fingerprint };
    expectSame(fromTerraform("snapform_restore", restore), alone);
  });

  test("the provider alone, its relative paths from the folder that Terraform runs in", () => {
    const { desired: alone, statePath } = resolveProvider(baseProvider, {
      ...around,
      env: baseEnv,
    });
    expect(alone && comparable(alone)).toEqual(comparable(fromYaml("")));
    expect(statePath).toBe("/repo/record");
  });
});

describe("what is left out", () => {
  const onlyVault = { ...baseProvider, state: null };

  test("the record lies in the one repository, by project", () => {
    const { statePath } = resolveProvider(onlyVault, { ...around, env: baseEnv });
    expect(statePath).toBe("/repo/vault/.snapform/search-backups");
  });

  test("the provider's defaults count for policies and snapshots", () => {
    const provider = {
      ...baseProvider,
      defaults: { timezone: "Europe/Berlin", repository: "vault" },
    };
    const policy = fromTerraform("snapform_backup_policy", leanPolicy, provider).policies[0];
    expect(policy?.schedule.timezone).toBe("Europe/Berlin");
    expect(policy?.repository).toBe("vault");
    const schedule = { cron: "0 2 * * *", timezone: "UTC" };
    const own = fromTerraform("snapform_backup_policy", { ...leanPolicy, schedule }, provider);
    expect(own.policies[0]?.schedule.timezone).toBe("UTC");
    const restore = fromTerraform("snapform_restore", leanRestore, provider);
    expect(restore.restores[0]?.from.kind).toBe("policy");
  });

  test("a secret comes from the environment and shows only where from", () => {
    const { clusters } = fromTerraform("snapform_backup_policy", leanPolicy);
    const prod = clusters.find(({ name }) => name === "prod");
    expect(prod?.apiKey?.reveal()).toBe("hunter2");
    const shown = JSON.stringify(clusters);
    expect(shown).toContain("${env:SNAPFORM_PROD_API_KEY}");
    expect(shown).not.toContain("hunter");
  });

  test("the environment gives an engine what it has a use for, and one kind of login", () => {
    const env = {
      SNAPFORM_Q_1_TOKEN: "unused",
      SNAPFORM_Q_1_API_KEY: "key",
      SNAPFORM_M_TOKEN: "token",
      SNAPFORM_M_PASSWORD: "unused",
      SNAPFORM_N_TOKEN: "unused",
      SNAPFORM_N_PASSWORD: "password",
    };
    const clusters = {
      "q-1": { engine: "qdrant", nodes: [{ url: "http://q:6333" }] },
      m: { engine: "milvus", address: "m:19530" },
      n: { engine: "milvus", address: "n:19530", username: "backup" },
    };
    const { desired: found } = resolveProvider({ ...baseProvider, clusters }, { ...around, env });
    const secrets = found?.clusters.map(({ name, apiKey, token, password }) => {
      return [name, apiKey?.reveal(), token?.reveal(), password?.reveal()];
    });
    expect(secrets).toEqual([
      ["m", undefined, "token", undefined],
      ["n", undefined, undefined, "password"],
      ["q-1", "key", undefined, undefined],
    ]);
  });

  test("a resource is checked without anything of the provider", () => {
    expect(checkResource("snapform_backup_policy", fullPolicy)).toEqual([]);
    const twice = { ...fullPolicy, former_names: ["daily", "daily"] };
    expect(checkResource("snapform_backup_policy", twice)).toEqual([
      expect.objectContaining({ code: "invalid-move" }),
    ]);
    expect(checkResource("snapform_backup_policy", leanPolicy)).toEqual([]);
    expect(checkResource("snapform_restore", leanRestore)).toEqual([]);
  });
});
