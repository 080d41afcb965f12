// Written by scripts/generate.ts from schemas/. Do not edit.
export { SnapformProvider } from "./snapform-provider.gen.ts";
export type { SnapformProviderState, SnapformProviderClustersNodes, SnapformProviderClusters, SnapformProviderRepositories, SnapformProviderDefaults, SnapformProviderConfig } from "./snapform-provider.gen.ts";
export { BackupPolicy, BackupPolicyScheduleOutputReference, BackupPolicyRetentionOutputReference, BackupPolicyTimeoutsOutputReference } from "./backup-policy.gen.ts";
export type { BackupPolicySchedule, BackupPolicyRetention, BackupPolicyTimeouts, BackupPolicyConfig } from "./backup-policy.gen.ts";
export { Restore, RestoreFromOutputReference, RestoreToOutputReference, RestoreTimeoutsOutputReference } from "./restore.gen.ts";
export type { RestoreFrom, RestoreTo, RestoreTimeouts, RestoreConfig } from "./restore.gen.ts";
export { Snapshot, SnapshotTimeoutsOutputReference } from "./snapshot.gen.ts";
export type { SnapshotTimeouts, SnapshotConfig } from "./snapshot.gen.ts";
export { DataSnapformCollections, DataSnapformCollectionsCollectionsOutputReference } from "./data-snapform-collections.gen.ts";
export type { DataSnapformCollectionsConfig } from "./data-snapform-collections.gen.ts";
export { DataSnapformRecoveryPoints, DataSnapformRecoveryPointsRecoveryPointsOutputReference } from "./data-snapform-recovery-points.gen.ts";
export type { DataSnapformRecoveryPointsConfig } from "./data-snapform-recovery-points.gen.ts";
export { DataSnapformSnapshots, DataSnapformSnapshotsSnapshotsOutputReference } from "./data-snapform-snapshots.gen.ts";
export type { DataSnapformSnapshotsConfig } from "./data-snapform-snapshots.gen.ts";
