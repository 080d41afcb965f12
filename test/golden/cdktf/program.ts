// One program that uses everything that bindings are used for. It runs with ours in the test, and
// ran with those of the official generator when official.json was made (scripts/cdktf-official.ts).
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Fn,
  TerraformCount,
  TerraformIterator,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Testing,
  propertyAccess,
} from "cdktf";
import type * as ours from "../../../src/cdktf/index.ts";

export type Bindings = Pick<
  typeof ours,
  | "BackupPolicy"
  | "DataSnapformCollections"
  | "DataSnapformRecoveryPoints"
  | "DataSnapformSnapshots"
  | "Restore"
  | "SnapformProvider"
  | "Snapshot"
>;

/** The same one every time: nothing is read from it. */
const outdir = join(tmpdir(), "snapform-golden");

/** What the program synthesizes with these bindings, as JSON text. */
export function synthesized(bindings: Bindings): string {
  const stack = new TerraformStack(Testing.app({ outdir }), "golden");
  const provider = providers(stack, bindings);
  const policy = policies(stack, bindings);
  others(stack, bindings, policy, provider);
  return Testing.synth(stack);
}

type Policy = InstanceType<Bindings["BackupPolicy"]>;
type Provider = InstanceType<Bindings["SnapformProvider"]>;

function providers(stack: TerraformStack, { SnapformProvider }: Bindings): Provider {
  const key = new TerraformVariable(stack, "key", { type: "string", sensitive: true });
  new SnapformProvider(stack, "snapform", {
    project: "golden",
    state: { path: "/backups/state" },
    clusters: {
      local: { engine: "lancedb", uri: "./data", concurrency: 2 },
      prod: {
        engine: "qdrant",
        nodes: [{ url: "http://a.example:6333", apiKey: key.stringValue }, { url: "http://b" }],
        apiKey: key.stringValue,
        timeout: "30s",
      },
    },
    repositories: { vault: { type: "filesystem", path: "/backups/vault", undo: "7d" } },
    defaults: { timezone: "Europe/Berlin", repository: "vault" },
  });
  return new SnapformProvider(stack, "other", { alias: "other", project: "other" });
}

function policies(stack: TerraformStack, { BackupPolicy }: Bindings): Policy {
  const patterns = new TerraformVariable(stack, "patterns", { type: "list(string)" });
  const nightly = new BackupPolicy(stack, "nightly", {
    name: "nightly",
    cluster: "prod",
    collections: ["docs-*", "!docs-tmp"],
    schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin", dayMatch: "any" },
    retention: { last: "3", daily: "7", withinYearly: "10y", keepAll: false, minKeep: 2 },
    repository: "vault",
    keepOnCluster: 1,
    description: "every night",
    formerNames: ["daily"],
    runs: "apply",
    deletionProtection: true,
    onDestroy: "keep",
    timeouts: { create: "30m", delete: "5m" },
    lifecycle: { preventDestroy: true, ignoreChanges: ["description"] },
  });
  nightly.moveFromId("snapform_backup_policy.daily");
  nightly.addOverride("schedule.cron", "0 3 * * *");
  const every = TerraformIterator.fromList(["docs", "images"]);
  new BackupPolicy(stack, "each", {
    forEach: every,
    name: `each-${String(every.value)}`,
    cluster: nightly.cluster,
    collections: [String(every.value)],
    schedule: { cron: nightly.schedule.cron },
    retention: { last: "1" },
  });
  new BackupPolicy(stack, "counted", {
    count: TerraformCount.of(2),
    name: "counted-${count.index}",
    cluster: "local",
    collections: patterns.listValue as string[],
    schedule: { cron: "0 4 * * *" },
    retention: { keepAll: true },
    dependsOn: [nightly],
  });
  return nightly;
}

function others(
  stack: TerraformStack,
  bindings: Bindings,
  nightly: Policy,
  provider: Provider,
): void {
  const { DataSnapformCollections, DataSnapformRecoveryPoints, DataSnapformSnapshots } = bindings;
  const { BackupPolicy, Restore, Snapshot } = bindings;
  const before = new Snapshot(stack, "before", {
    name: "before-v2",
    cluster: "local",
    collection: "docs",
    provider,
  });
  before.importFrom("20261101T020000Z-3f9c1a2b");
  BackupPolicy.generateConfigForImport(stack, "imported", "weekly", provider);
  const found = new DataSnapformSnapshots(stack, "found", { policy: nightly.name, limit: 5 });
  const points = new DataSnapformRecoveryPoints(stack, "points", {});
  const collections = new DataSnapformCollections(stack, "collections", { cluster: "local" });
  new Restore(stack, "staging", {
    name: "staging",
    from: { policy: nightly.name, cluster: nightly.cluster, collection: "docs", at: "latest" },
    to: { cluster: "local", collection: "docs", ifExists: "alias", alias: "d", aliases: true },
    refresh: "once",
    check: "count",
  });
  new Restore(stack, "by-id", {
    name: Fn.join("-", ["by", found.snapshots.get(0).id]),
    from: { repository: "vault", cluster: "prod", collection: "docs" },
    to: { cluster: "local", collection: "docs-2" },
    dependsOn: [before, collections],
  });
  new TerraformOutput(stack, "newest", { value: nightly.newestRestorable });
  new TerraformOutput(stack, "changes", { value: nightly.changes });
  new TerraformOutput(stack, "protection", { value: nightly.deletionProtection });
  new TerraformOutput(stack, "kept", { value: nightly.keepOnCluster });
  new TerraformOutput(stack, "limit", { value: nightly.timeouts.create });
  new TerraformOutput(stack, "first", { value: propertyAccess(nightly.changes, [0]) });
  new TerraformOutput(stack, "bytes", { value: points.fqn });
  new TerraformOutput(stack, "whole", { value: nightly.retention });
}
