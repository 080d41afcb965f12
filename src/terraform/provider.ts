// The provider `snapform`: policies, snapshots and restores as resources of Terraform. What is in
// here may know the schema, the framework and the workspace. Invariant: no rule stands here that
// the command line does not have; to plan is planConfig, to do is the workspace's apply.
import { resolveProvider, type Surroundings } from "./schema/convert.ts";
import { PROVIDER_SCHEMA } from "./schema/provider-schema.gen.ts";
import type { ResourceSources } from "../workspace/resources.ts";
import { collections } from "./data-sources/collections.ts";
import { recoveryPoints } from "./data-sources/recovery-points.ts";
import { snapshots } from "./data-sources/snapshots.ts";
import { nextRunsFunction } from "./functions/next-runs.ts";
import { retentionPreview } from "./functions/retention-preview.ts";
import { openQueues, type Queues } from "./queues.ts";
import { backupPolicy } from "./resources/backup-policy.ts";
import { restore } from "./resources/restore.ts";
import { snapshot } from "./resources/snapshot.ts";
import { resourceType } from "./resources/resource-type.ts";
import { diagnosticsOf, plainOf } from "./resources/values.ts";
import type { ConfigureRequest, ConfigureResult, ProviderDefinition } from "./server/definition.ts";
import { openWorld, type ProviderWorld } from "./world.ts";

export { PROVIDER_ADDRESS } from "./provider-address.ts";

export interface ProviderOptions extends Surroundings {
  /** How engines and repositories are opened; left out: the real ones. */
  readonly sources?: ResourceSources;
}

export function snapformProvider(options: ProviderOptions): ProviderDefinition<ProviderWorld> {
  const queues = openQueues();
  const kinds = [backupPolicy, snapshot, restore];
  return {
    schema: PROVIDER_SCHEMA.provider,
    validate: (config) => diagnosticsOf(resolveProvider(plainOf(config), options).mistakes),
    configure: (request) => Promise.resolve(configure(options, queues, request)),
    resources: Object.fromEntries(kinds.map((kind) => [kind.type, resourceType(kind, options)])),
    dataSources: {
      snapform_collections: collections,
      snapform_recovery_points: recoveryPoints,
      snapform_snapshots: snapshots,
    },
    functions: { next_runs: nextRunsFunction, retention_preview: retentionPreview },
  };
}

function configure(
  { sources, ...around }: ProviderOptions,
  queues: Queues,
  { config, hasUnknown, clock }: ConfigureRequest,
): ConfigureResult<ProviderWorld> {
  const provider = plainOf(config);
  const { desired, statePath, mistakes } = resolveProvider(provider, around);
  const diagnostics = diagnosticsOf(mistakes);
  if (desired === null || statePath === null) {
    const isOpen = hasUnknown && diagnostics.every(({ severity }) => severity !== "error");
    return isOpen ? { waiting: true } : { diagnostics };
  }
  const configured = openWorld({
    provider,
    desired,
    statePath,
    clock,
    queues,
    ...(sources === undefined ? {} : { sources }),
  });
  return { configured, diagnostics: diagnostics.filter(({ severity }) => severity === "error") };
}
