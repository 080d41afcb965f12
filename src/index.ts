// The public library: what programs may use of snapform. Exports and nothing else. Invariant: what
// is exported here changes with the version (semver); everything else may change at any time, so
// that whatever stands in a signature below is exported as well.

// Policy: pure functions over plain values.
export {
  retain,
  type Retention,
  type RetentionCount,
  type RetentionRequest,
  type RetentionRules,
  type RetentionSnapshot,
} from "./policy/retention.ts";
export { nextRuns, previousRun, validateSchedule, type Schedule } from "./policy/schedule.ts";
export type { PolicyProblem } from "./policy/rules.ts";

// Planning: pure functions over what is wanted and what exists.
export { planConfig, type PlanOptions } from "./plan/plan-config.ts";
export { planPolicy, type PolicyPlan, type PolicyPlanOptions } from "./plan/policy-plan.ts";
export { planSnapshot, type SnapshotPlanOptions } from "./plan/snapshot-plan.ts";
export { planRestore, type RestorePlanOptions } from "./plan/restore-plan.ts";
export {
  survey,
  type CollectionPlace,
  type Ownership,
  type Survey,
  type SurveyRequest,
} from "./plan/survey.ts";
export { reviewPlan, type Review, type ReviewRequest, type Verdict } from "./plan/review.ts";
export { formatPlanFile, parsePlanFile } from "./plan/plan-file.ts";
export { acknowledgeHash } from "./plan/acknowledge.ts";
export { HAZARDS, hazardLevel, type Hazard, type HazardLevel } from "./plan/hazard.ts";
export {
  PLAN_FORMAT_VERSION,
  type Keep,
  type Plan,
  type PlanProblem,
  type PlanScope,
  type PlanSummary,
  type Recovery,
  type RecoveryPoints,
  type ResourcePlan,
} from "./plan/plan.ts";
export type {
  Action,
  ActionKind,
  CopyAction,
  CreateAction,
  ExpireAction,
  RestoreAction,
} from "./plan/action.ts";

// What is wanted, what exists, and what snapform knows that it made.
export type {
  Desired,
  DesiredCluster,
  DesiredMove,
  DesiredNode,
  DesiredPolicy,
  DesiredRemoval,
  DesiredRepository,
  DesiredRestore,
  DesiredSnapshot,
  RestoreSource,
} from "./desired/desired.ts";
export type { Secret } from "./desired/secret.ts";
export type {
  Inventory,
  ObservedCluster,
  ObservedCollection,
  ObservedRepository,
  Problem,
  RepositoryStatus,
} from "./snapshot/inventory.ts";
export {
  isComplete,
  type CopyStatus,
  type Owner,
  type Place,
  type PointRange,
  type Snapshot,
  type SnapshotCopy,
  type SnapshotPart,
  type TrashedSnapshot,
} from "./snapshot/snapshot.ts";
export type { Capabilities, CheckLevel, RestoreProcedure } from "./snapshot/capabilities.ts";
export type * from "./ledger/state.ts";

// The workspace: opens a configuration and does what the command line does.
export { loadWorkspace } from "./workspace/load.ts";
export { systemClock } from "./workspace/workspace.ts";
export type { Clock } from "./clock/clock.ts";
export type * from "./workspace/workspace.ts";
export type * from "./apply/events.ts";
export type { CheckResult } from "./snapshot/check.ts";
export type { Progress } from "./engine/driver.ts";
export type {
  RepositoryCheck,
  RepositoryDamage,
  RepositoryListing,
  SnapshotKey,
  StoredSnapshot,
  SweepResult,
} from "./repository/repository.ts";
export type { LockOwner } from "./state/state-store.ts";

// Errors and diagnostics.
export {
  ERROR_CODES,
  EXIT_STATUS,
  exitStatus,
  isSnapformError,
  SnapformError,
} from "./errors/index.ts";
export type { ErrorCode, ExitName, SnapformErrorOptions } from "./errors/index.ts";
export {
  hasErrors,
  type Diagnostic,
  type SourcePosition,
  type SourceRange,
} from "./diagnostics/diagnostic.ts";
export { formatDiagnostic, type FormatDiagnosticOptions } from "./diagnostics/format.ts";
