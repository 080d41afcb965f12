// Written by scripts/generate.ts from schemas/. Do not edit.
import { ComplexObject, ImportableResource, type IResolvable, type TerraformMetaArguments, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { SnapformResource } from "./resource.ts";

/** When a snapshot is due. A run that was missed is made up once. */
export interface BackupPolicySchedule {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /**
   * IANA name of the time zone in which `cron` is read and in which days, weeks and months of
   * the retention begin. Default: `defaults.timezone` of the provider, else `UTC`.
   */
  readonly timezone?: string | undefined;
  /**
   * Needed when `cron` sets both day of month and day of week: `any` runs when one of them fits,
   * `all` only when both do.
   */
  readonly dayMatch?: "any" | "all" | (string & {}) | undefined;
}

/**
 * Which snapshots are kept. A snapshot is kept when at least one rule keeps it. `keepAll` alone
 * keeps everything.
 */
export interface BackupPolicyRetention {
  /** Keep this many of the newest snapshots. A whole number of at least 1, or `all`. */
  readonly last?: string | number | undefined;
  /**
   * For this many hours that have a snapshot, keep the newest of each. A whole number of at
   * least 1, or `all`.
   */
  readonly hourly?: string | number | undefined;
  /**
   * For this many days that have a snapshot, keep the newest of each. A whole number of at least
   * 1, or `all`.
   */
  readonly daily?: string | number | undefined;
  /**
   * For this many ISO weeks that have a snapshot, keep the newest of each. A whole number of at
   * least 1, or `all`.
   */
  readonly weekly?: string | number | undefined;
  /**
   * For this many months that have a snapshot, keep the newest of each. A whole number of at
   * least 1, or `all`.
   */
  readonly monthly?: string | number | undefined;
  /**
   * For this many years that have a snapshot, keep the newest of each. A whole number of at
   * least 1, or `all`.
   */
  readonly yearly?: string | number | undefined;
  /**
   * Keep every snapshot that is less than this much older than the newest one. Years, months,
   * days and hours: `1y2m3d4h`.
   */
  readonly within?: string | undefined;
  /** The newest snapshot of each hour, within this duration of the newest one. */
  readonly withinHourly?: string | undefined;
  /** The newest snapshot of each day, within this duration of the newest one. */
  readonly withinDaily?: string | undefined;
  /** The newest snapshot of each week, within this duration of the newest one. */
  readonly withinWeekly?: string | undefined;
  /** The newest snapshot of each month, within this duration of the newest one. */
  readonly withinMonthly?: string | undefined;
  /** The newest snapshot of each year, within this duration of the newest one. */
  readonly withinYearly?: string | undefined;
  /** Keep everything; goes with no other rule. Default: `false`. */
  readonly keepAll?: boolean | IResolvable | undefined;
  /**
   * This many of the newest complete snapshots are never expired, whatever the rules say. 1
   * unless said otherwise, 3 when only `within` rules are given.
   */
  readonly minKeep?: number | undefined;
}

/** Time limits. What is not done by then is stopped at a safe point; the next apply goes on. */
export interface BackupPolicyTimeouts {
  /** Time limit of `create`, such as `2h30m`. Left out: no limit. */
  readonly create?: string | undefined;
  /** Time limit of `update`, such as `2h30m`. Left out: no limit. */
  readonly update?: string | undefined;
  /** Time limit of `delete`, such as `2h30m`. Left out: no limit. */
  readonly delete?: string | undefined;
}

/**
 * Which collections of a cluster are snapshotted, when, how long the snapshots are kept, and
 * where their copies go. `terraform plan` shows an update in place, with one line in `changes`
 * per snapshot, whenever a run is due or something has to expire, and no changes otherwise.
 */
export interface BackupPolicyConfig extends TerraformMetaArguments {
  /**
   * The name of the policy in its project: snapshots belong to `policy.NAME`. Letters, digits,
   * `_` and `-`. To rename, give the new name here and add the old one to `formerNames`.
   */
  readonly name: string;
  /** The cluster whose collections are protected. */
  readonly cluster: string;
  /**
   * Patterns of the collections to protect. `*` stands for any characters, a leading `!` leaves
   * out what matches. Milvus and Zilliz Cloud name collections `database/collection`.
   */
  readonly collections: readonly string[];
  /** When a snapshot is due. A run that was missed is made up once. */
  readonly schedule: BackupPolicySchedule | IResolvable;
  /**
   * Which snapshots are kept. A snapshot is kept when at least one rule keeps it. `keepAll`
   * alone keeps everything.
   */
  readonly retention: BackupPolicyRetention | IResolvable;
  /**
   * Where copies go. Engines whose snapshots are born in a repository (LanceDB) use the
   * repository `default` when none is named. Default: `defaults.repository` of the provider.
   */
  readonly repository?: string | undefined;
  /**
   * How many of the newest snapshots stay on the cluster once their copies in the repository are
   * complete. Default: `1`.
   */
  readonly keepOnCluster?: number | undefined;
  /** A note for people. */
  readonly description?: string | undefined;
  /**
   * Names that this policy had before, the newest first. What belonged to them belongs to this
   * policy.
   */
  readonly formerNames?: readonly string[] | undefined;
  /**
   * Who keeps the schedule. `apply`: whoever applies; a run that is due is an update in the
   * plan. `external`: another process of the same project; an apply then takes the first
   * snapshot and looks after the retention. Default: `apply`.
   */
  readonly runs?: "apply" | "external" | (string & {}) | undefined;
  /** Refuses to destroy or replace the policy, in the plan and in apply. Default: `false`. */
  readonly deletionProtection?: boolean | IResolvable | undefined;
  /**
   * What becomes of the snapshots when the policy is destroyed: `keep` them, as orphans that can
   * be adopted; or `delete` them all but the newest complete one of each collection, which stays
   * with a warning. Default: `keep`.
   */
  readonly onDestroy?: "keep" | "delete" | (string & {}) | undefined;
  /**
   * The hash of the dangerous actions that may be done, as the plan or the warning of an apply
   * shows it. It names exactly that set of actions and is without effect on any other.
   */
  readonly acknowledge?: string | undefined;
  /** Time limits. What is not done by then is stopped at a safe point; the next apply goes on. */
  readonly timeouts?: BackupPolicyTimeouts | IResolvable | undefined;
}

/** References to BackupPolicySchedule. */
export class BackupPolicyScheduleOutputReference extends ComplexObject {
  /** Five fields: minute, hour, day of month, month, day of week. */
  get cron(): string {
    return this.getStringAttribute("cron");
  }

  /**
   * IANA name of the time zone in which `cron` is read and in which days, weeks and months of
   * the retention begin. Default: `defaults.timezone` of the provider, else `UTC`.
   */
  get timezone(): string {
    return this.getStringAttribute("timezone");
  }

  /**
   * Needed when `cron` sets both day of month and day of week: `any` runs when one of them fits,
   * `all` only when both do.
   */
  get dayMatch(): string {
    return this.getStringAttribute("day_match");
  }
}

/** References to BackupPolicyRetention. */
export class BackupPolicyRetentionOutputReference extends ComplexObject {
  /** Keep this many of the newest snapshots. A whole number of at least 1, or `all`. */
  get last(): string {
    return this.getStringAttribute("last");
  }

  /**
   * For this many hours that have a snapshot, keep the newest of each. A whole number of at
   * least 1, or `all`.
   */
  get hourly(): string {
    return this.getStringAttribute("hourly");
  }

  /**
   * For this many days that have a snapshot, keep the newest of each. A whole number of at least
   * 1, or `all`.
   */
  get daily(): string {
    return this.getStringAttribute("daily");
  }

  /**
   * For this many ISO weeks that have a snapshot, keep the newest of each. A whole number of at
   * least 1, or `all`.
   */
  get weekly(): string {
    return this.getStringAttribute("weekly");
  }

  /**
   * For this many months that have a snapshot, keep the newest of each. A whole number of at
   * least 1, or `all`.
   */
  get monthly(): string {
    return this.getStringAttribute("monthly");
  }

  /**
   * For this many years that have a snapshot, keep the newest of each. A whole number of at
   * least 1, or `all`.
   */
  get yearly(): string {
    return this.getStringAttribute("yearly");
  }

  /**
   * Keep every snapshot that is less than this much older than the newest one. Years, months,
   * days and hours: `1y2m3d4h`.
   */
  get within(): string {
    return this.getStringAttribute("within");
  }

  /** The newest snapshot of each hour, within this duration of the newest one. */
  get withinHourly(): string {
    return this.getStringAttribute("within_hourly");
  }

  /** The newest snapshot of each day, within this duration of the newest one. */
  get withinDaily(): string {
    return this.getStringAttribute("within_daily");
  }

  /** The newest snapshot of each week, within this duration of the newest one. */
  get withinWeekly(): string {
    return this.getStringAttribute("within_weekly");
  }

  /** The newest snapshot of each month, within this duration of the newest one. */
  get withinMonthly(): string {
    return this.getStringAttribute("within_monthly");
  }

  /** The newest snapshot of each year, within this duration of the newest one. */
  get withinYearly(): string {
    return this.getStringAttribute("within_yearly");
  }

  /** Keep everything; goes with no other rule. Default: `false`. */
  get keepAll(): IResolvable {
    return this.getBooleanAttribute("keep_all");
  }

  /**
   * This many of the newest complete snapshots are never expired, whatever the rules say. 1
   * unless said otherwise, 3 when only `within` rules are given.
   */
  get minKeep(): number {
    return this.getNumberAttribute("min_keep");
  }
}

/** References to BackupPolicyTimeouts. */
export class BackupPolicyTimeoutsOutputReference extends ComplexObject {
  /** Time limit of `create`, such as `2h30m`. Left out: no limit. */
  get create(): string {
    return this.getStringAttribute("create");
  }

  /** Time limit of `update`, such as `2h30m`. Left out: no limit. */
  get update(): string {
    return this.getStringAttribute("update");
  }

  /** Time limit of `delete`, such as `2h30m`. Left out: no limit. */
  get delete(): string {
    return this.getStringAttribute("delete");
  }
}

/**
 * Which collections of a cluster are snapshotted, when, how long the snapshots are kept, and
 * where their copies go. `terraform plan` shows an update in place, with one line in `changes`
 * per snapshot, whenever a run is due or something has to expire, and no changes otherwise.
 */
export class BackupPolicy extends SnapformResource<BackupPolicyConfig> {
  static readonly tfResourceType: string = "snapform_backup_policy";

  /** Imports one; `terraform plan -generate-config-out` writes its configuration. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return new ImportableResource(scope, importToId, {
      terraformResourceType: "snapform_backup_policy",
      importId: importFromId,
      ...(provider === undefined ? {} : { provider }),
    });
  }

  constructor(scope: Construct, id: string, config: BackupPolicyConfig) {
    super(scope, id, BackupPolicy.tfResourceType, config);
  }

  /**
   * The name of the policy in its project: snapshots belong to `policy.NAME`. Letters, digits,
   * `_` and `-`. To rename, give the new name here and add the old one to `formerNames`.
   */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /** The cluster whose collections are protected. */
  get cluster(): string {
    return this.getStringAttribute("cluster");
  }

  /**
   * Patterns of the collections to protect. `*` stands for any characters, a leading `!` leaves
   * out what matches. Milvus and Zilliz Cloud name collections `database/collection`.
   */
  get collections(): string[] {
    return this.getListAttribute("collections");
  }

  /** When a snapshot is due. A run that was missed is made up once. */
  get schedule(): BackupPolicyScheduleOutputReference {
    return new BackupPolicyScheduleOutputReference(this, "schedule", false);
  }

  /**
   * Which snapshots are kept. A snapshot is kept when at least one rule keeps it. `keepAll`
   * alone keeps everything.
   */
  get retention(): BackupPolicyRetentionOutputReference {
    return new BackupPolicyRetentionOutputReference(this, "retention", false);
  }

  /**
   * Where copies go. Engines whose snapshots are born in a repository (LanceDB) use the
   * repository `default` when none is named. Default: `defaults.repository` of the provider.
   */
  get repository(): string {
    return this.getStringAttribute("repository");
  }

  /**
   * How many of the newest snapshots stay on the cluster once their copies in the repository are
   * complete. Default: `1`.
   */
  get keepOnCluster(): number {
    return this.getNumberAttribute("keep_on_cluster");
  }

  /** A note for people. */
  get description(): string {
    return this.getStringAttribute("description");
  }

  /**
   * Names that this policy had before, the newest first. What belonged to them belongs to this
   * policy.
   */
  get formerNames(): string[] {
    return this.getListAttribute("former_names");
  }

  /**
   * Who keeps the schedule. `apply`: whoever applies; a run that is due is an update in the
   * plan. `external`: another process of the same project; an apply then takes the first
   * snapshot and looks after the retention. Default: `apply`.
   */
  get runs(): string {
    return this.getStringAttribute("runs");
  }

  /** Refuses to destroy or replace the policy, in the plan and in apply. Default: `false`. */
  get deletionProtection(): IResolvable {
    return this.getBooleanAttribute("deletion_protection");
  }

  /**
   * What becomes of the snapshots when the policy is destroyed: `keep` them, as orphans that can
   * be adopted; or `delete` them all but the newest complete one of each collection, which stays
   * with a warning. Default: `keep`.
   */
  get onDestroy(): string {
    return this.getStringAttribute("on_destroy");
  }

  /**
   * The hash of the dangerous actions that may be done, as the plan or the warning of an apply
   * shows it. It names exactly that set of actions and is without effect on any other.
   */
  get acknowledge(): string {
    return this.getStringAttribute("acknowledge");
  }

  /** The address of the policy: `policy.NAME`. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  /**
   * What the last apply did, or what the planned one will do: one line per snapshot, with its
   * reason.
   */
  get changes(): string[] {
    return this.getListAttribute("changes");
  }

  /**
   * The instant (RFC 3339) to which every protected collection can be restored at least: the
   * newest complete snapshot of the collection for which it is oldest. Null while a collection
   * has none.
   */
  get newestRestorable(): string {
    return this.getStringAttribute("newest_restorable");
  }

  /**
   * The instant (RFC 3339) from which on every protected collection can be restored: the oldest
   * complete snapshot of the collection for which it is newest. Null while a collection has
   * none.
   */
  get oldestRestorable(): string {
    return this.getStringAttribute("oldest_restorable");
  }

  /** The next run of the schedule (RFC 3339, in its time zone), as of the last apply or refresh. */
  get nextRun(): string {
    return this.getStringAttribute("next_run");
  }

  /**
   * `ok`: all that was asked for is done. `due`: a run has passed and is not made yet.
   * `withheld`: something is held back until it is acknowledged, or the world is right again.
   * `incomplete`: something failed; the next apply goes on from there. `unknown`: the cluster or
   * the repository could not be looked at.
   */
  get status(): string {
    return this.getStringAttribute("status");
  }

  /** Time limits. What is not done by then is stopped at a safe point; the next apply goes on. */
  get timeouts(): BackupPolicyTimeoutsOutputReference {
    return new BackupPolicyTimeoutsOutputReference(this, "timeouts", false);
  }
}
