// The composition root: opens the configuration, the engines, the repositories and the state, and
// offers what the surfaces do with them: observe, plan, apply and the commands around them. The
// only room that names concrete engines and stores. Invariant: every rule it enforces lives in the
// words or in apply; here things are only put together.
import type { ApplyEvent, ApplyResult } from "../apply/events.ts";
import type { Clock } from "../clock/clock.ts";
import type { Desired } from "../desired/desired.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { State } from "../ledger/state.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlanOptions } from "../plan/plan-config.ts";
import type {
  RepositoryCheck,
  RepositoryListing,
  SnapshotKey,
  SweepResult,
} from "../repository/repository.ts";
import type { Inventory, ObservedRepository } from "../snapshot/inventory.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { LockOwner } from "../state/state-store.ts";

/** The machine's own clock: for a process, which hands it in below. */
export { systemClock } from "../clock/system-clock.ts";

export interface WorkspaceOptions {
  /** Configuration files as the user named them, merged in this order. */
  readonly files: readonly string[];
  /** What relative file names are relative to. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Stops whatever is running at its next safe point. */
  readonly signal: AbortSignal;
}

/** A loaded configuration: `workspace` is null when the diagnostics hold an error. */
export interface LoadedWorkspace {
  readonly workspace: Workspace | null;
  readonly diagnostics: readonly Diagnostic[];
  /** The texts of the files, for showing the lines that diagnostics point at. */
  readonly sources: Readonly<Record<string, string>>;
}

export interface PlanRequest extends PlanOptions {
  /** Plan as if it were then; such a plan cannot be applied. */
  readonly at?: Date;
}

/** A plan with what it was made from. */
export interface Planned {
  readonly plan: Plan;
  readonly inventory: Inventory;
  readonly state: State | null;
}

export interface ApplyRequest {
  /** A saved plan; without it a plan is made under the lock. */
  readonly saved?: Plan;
  readonly options?: PlanOptions;
  /** The hash that names the dangerous actions, when the user gave one. */
  readonly acknowledge?: string;
  readonly lockTimeoutMs: number;
  /** Asked once, with the plan about to be carried out; false stops without doing anything. */
  readonly approve: (plan: Plan) => Promise<boolean>;
  readonly onEvent: (event: ApplyEvent) => void;
}

/** `plan` is what was (or was not) carried out; `result` is null when it was not approved. */
export interface Applied {
  readonly plan: Plan;
  readonly result: ApplyResult | null;
}

/** A restore by hand, in a disaster: the same as a declared one, planned and asked first. */
export interface RestoreByHand {
  readonly from:
    | { readonly kind: "policy"; readonly policy: string; readonly collection: string }
    | { readonly kind: "snapshot"; readonly snapshot: string }
    | {
        readonly kind: "repository";
        readonly repository: string;
        readonly cluster: string;
        readonly collection: string;
      };
  /** `latest`, an instant, or a snapshot's id. */
  readonly at: string;
  readonly to: { readonly cluster: string; readonly collection: string };
  readonly ifExists: "fail" | "replace";
  readonly check: "hashes" | "count" | "deep";
}

/** Whether one collection of one policy is protected now. */
export interface CollectionStatus {
  readonly address: string;
  readonly cluster: string;
  readonly collection: string;
  readonly newestRestorable: string | null;
  readonly oldestRestorable: string | null;
  readonly snapshotCount: number;
  readonly bytes: number;
  /** RFC 3339 in the policy's zone. */
  readonly nextRun: string | null;
  /** The run that is due and not made; null when none is. */
  readonly overdueSince: string | null;
  readonly lastRun: {
    readonly status: "succeeded" | "failed";
    readonly at: string;
    readonly error: string | null;
  } | null;
  readonly problem: string | null;
}

export interface Status {
  readonly collections: readonly CollectionStatus[];
  /** Collections that no policy protects, as `cluster/collection`. */
  readonly unprotected: readonly string[];
  /** Snapshots that snapform did not make, or that are another project's. */
  readonly unmanaged: readonly Snapshot[];
  /** Snapshots of this project whose resource is not declared any more. */
  readonly orphaned: readonly Snapshot[];
  /** Snapshots of this project of which a copy is damaged. */
  readonly damaged: readonly Snapshot[];
  readonly repositories: readonly ObservedRepository[];
  readonly diagnostics: readonly Diagnostic[];
}

/** One snapshot in a listing, with what the plan would do with it. */
export interface ListedSnapshot {
  readonly snapshot: Snapshot;
  readonly address: string | null;
  /** Why it stays, or `expires: REASON`. */
  readonly reasons: readonly string[];
}

export interface Explanation {
  readonly address: string;
  readonly snapshots: readonly ListedSnapshot[];
  /** RFC 3339 in the schedule's zone; empty for what has no schedule. */
  readonly nextRuns: readonly string[];
  /** The next change of the zone's offset and the runs around it; null in a zone without. */
  readonly dst: { readonly changeAt: string; readonly runs: readonly string[] } | null;
  readonly notes: readonly string[];
}

export interface AdoptRequest {
  /** Ids to adopt; empty with `fromRepository` means all of this project's. */
  readonly ids: readonly string[];
  /** Rebuild a lost state from what the repositories hold. */
  readonly fromRepository: boolean;
  /** The resource that they belong to from now on; by default the one in their manifest. */
  readonly address?: string;
  readonly dryRun: boolean;
  readonly lockTimeoutMs: number;
}

export interface EngineCheckCase {
  readonly title: string;
  readonly status: "passed" | "failed" | "skipped";
  /** The failure, or the reason of the skip. */
  readonly detail: string | null;
}

export interface Workspace {
  readonly desired: Desired;
  readonly stateLocation: string;
  observe(): Promise<Inventory>;
  plan(request: PlanRequest): Promise<Planned>;
  apply(request: ApplyRequest): Promise<Applied>;
  /** Plans and carries out a restore that no file declares. */
  restore(
    request: RestoreByHand &
      Pick<ApplyRequest, "acknowledge" | "lockTimeoutMs"> &
      Pick<ApplyRequest, "approve" | "onEvent">,
  ): Promise<Applied>;
  status(): Promise<Status>;
  snapshots(filter: {
    readonly cluster?: string;
    readonly collection?: string;
  }): Promise<readonly ListedSnapshot[]>;
  explain(address: string): Promise<Explanation>;
  adopt(request: AdoptRequest): Promise<readonly Snapshot[]>;
  /**
   * Takes a snapshot out of its policy's care: it stays, and no rule expires it, until it is
   * adopted. Null when it no longer exists and only its record was left.
   */
  forget(id: string, lockTimeoutMs: number): Promise<Snapshot | null>;
  pin(id: string, pinned: boolean, lockTimeoutMs: number): Promise<Snapshot>;
  /** Brings a snapshot back from a repository's trash, and pins it. */
  undelete(id: string, lockTimeoutMs: number): Promise<SnapshotKey>;
  /** Removes every snapshot of a collection that nothing declares, the newest one included. */
  purge(
    cluster: string,
    collection: string,
    options: { readonly confirm: string; readonly lockTimeoutMs: number },
  ): Promise<readonly SnapshotKey[]>;
  repositoryNames(): readonly string[];
  repositoryList(name: string): Promise<RepositoryListing>;
  repositoryCheck(
    name: string,
    options: {
      readonly readData: boolean;
      readonly onProgress: (done: number, total: number) => void;
    },
  ): Promise<RepositoryCheck>;
  repositoryPrune(
    name: string,
    options: { readonly dryRun: boolean; readonly lockTimeoutMs: number },
  ): Promise<SweepResult>;
  /** The state as JSON text, or null when there is none. */
  statePull(): Promise<string | null>;
  readState(): Promise<State | null>;
  /** Replaces the state; refuses another lineage or an older serial unless forced. */
  statePush(
    text: string,
    options: { readonly force: boolean; readonly lockTimeoutMs: number },
  ): Promise<State>;
  /** Removes records by snapshot id or address from the state; deletes nothing else. */
  stateRemove(key: string, lockTimeoutMs: number): Promise<readonly string[]>;
  lockHolder(): Promise<LockOwner | null>;
  unlock(id: string): Promise<LockOwner>;
  /** Runs the engine contract against a cluster of the user's, in collections of its own. */
  engineCheck(cluster: string, onCase: (result: EngineCheckCase) => void): Promise<void>;
  close(): Promise<void>;
}
