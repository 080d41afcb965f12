// The library for CDK programs: `snapform/cdktf` and, with the engine's name exchanged by the
// build, `snapform/cdktn`. Exports and nothing else. Invariant: what is exported here changes with
// the version (semver); everything else in this folder may change at any time.
export * from "./l1/bindings.gen.ts";
export { BackupFleet, type BackupFleetProps, type FleetWindow } from "./l2/backup-fleet.ts";
export {
  ProtectedCollection,
  type ProtectedCollectionProps,
  type RestoredCollection,
} from "./l2/protected-collection.ts";
export {
  RequirePolicies,
  type CollectionPlace,
  type RequirePoliciesProps,
} from "./l2/require-policies.ts";
export type { RetentionFloor } from "./l2/retention-floor.ts";
export { RetentionRules, type Generations, type RetentionPresets } from "./l2/retention-rules.ts";
export { SnapformConfig, type FromYamlOptions } from "./yaml/snapform-config.ts";
