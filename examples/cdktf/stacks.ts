// What a team declares: production with its backups, and staging that is refreshed from it. A
// program of your own imports "snapform/cdktf" (or "snapform/cdktn") instead of the source.
import { Aspects, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  BackupFleet,
  ProtectedCollection,
  RequirePolicies,
  Restore,
  RetentionRules,
  SnapformProvider,
} from "../../src/cdktf/index.ts";

export interface Folders {
  /** Where the databases and the repository are, absolute. */
  readonly data: string;
  /** Tables of tenants, each with few rows. */
  readonly tenants: readonly string[];
}

const timezone = "Europe/Berlin";

/** The production cluster and everything that protects it. */
export class ProductionStack extends TerraformStack {
  constructor(scope: Construct, id: string, { data, tenants }: Folders) {
    super(scope, id);
    new LocalBackend(this, { path: `${data}/production.tfstate` });
    new SnapformProvider(this, "snapform", {
      project: "search",
      state: { path: `${data}/state/production` },
      clusters: { production: { engine: "lancedb", uri: `${data}/production` } },
      repositories: { vault: { type: "filesystem", path: `${data}/vault` } },
      defaults: { timezone, repository: "vault" },
    });
    const passages = new ProtectedCollection(this, "passages", {
      cluster: "production",
      collection: "passages",
      schedule: { cron: "0 2 * * *", timezone },
      retention: RetentionRules.grandfatherFatherSon({ monthly: 6 }),
      firstSnapshot: "before-go-live",
    });
    new BackupFleet(this, "tenants", {
      name: "tenants",
      cluster: "production",
      collections: tenants,
      window: { start: "02:30", length: "3h", timezone },
      retention: RetentionRules.daily(14),
    });
    Aspects.of(this).add(
      new RequirePolicies({
        collections: ["production/passages", ...tenants.map((each) => `production/${each}`)],
        retentionFloor: { daily: 7 },
      }),
    );
    new TerraformOutput(this, "restorable", { value: passages.policy.newestRestorable });
  }
}

/** Staging works on the newest copy of what production has. */
export class StagingStack extends TerraformStack {
  constructor(scope: Construct, id: string, { data }: Folders) {
    super(scope, id);
    new LocalBackend(this, { path: `${data}/staging.tfstate` });
    new SnapformProvider(this, "snapform", {
      project: "search-staging",
      state: { path: `${data}/state/staging` },
      clusters: { staging: { engine: "lancedb", uri: `${data}/staging` } },
      repositories: { vault: { type: "filesystem", path: `${data}/vault` } },
    });
    new Restore(this, "passages", {
      name: "passages",
      from: { repository: "vault", cluster: "production", collection: "passages" },
      to: { cluster: "staging", collection: "passages" },
      check: "count",
    });
  }
}
