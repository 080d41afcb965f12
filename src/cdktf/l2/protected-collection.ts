import { Construct } from "constructs";
import {
  BackupPolicy,
  type BackupPolicyConfig,
  type BackupPolicyRetention,
  type BackupPolicySchedule,
} from "../l1/backup-policy.gen.ts";
import { Restore, type RestoreConfig, type RestoreTo } from "../l1/restore.gen.ts";
import type { SnapformProvider } from "../l1/snapform-provider.gen.ts";
import { Snapshot } from "../l1/snapshot.gen.ts";
import { nameOf } from "./name-of.ts";

/** Where a protected collection is restored to, and how. */
export interface RestoredCollection extends RestoreTo {
  /** The name of the restore; `NAME-restored` unless given. */
  readonly name?: string;
  /** How the result is checked. */
  readonly check?: RestoreConfig["check"];
  /** Whether it is restored once, or follows the newest snapshot. */
  readonly refresh?: RestoreConfig["refresh"];
}

/** What a protected collection takes. */
export interface ProtectedCollectionProps {
  /** The cluster that has the collection, by its name at the provider. */
  readonly cluster: string;
  /** The one collection; no pattern. */
  readonly collection: string;
  /** When a snapshot is due. */
  readonly schedule: BackupPolicySchedule;
  /** What is kept; see `RetentionRules`. */
  readonly retention: BackupPolicyRetention;
  /** Where copies go, by its name at the provider. */
  readonly repository?: string;
  /** The name of the policy; unless given, the collection's, as far as a name may be so. */
  readonly name?: string;
  /** A snapshot that is taken at once and stays until it is destroyed: its name, or true. */
  readonly firstSnapshot?: boolean | string;
  /** Where the newest snapshot is restored to: a copy for staging, for drills. */
  readonly restoreTo?: RestoredCollection;
  /** What else the policy shall have. */
  readonly policy?: Omit<
    BackupPolicyConfig,
    "name" | "cluster" | "collections" | "schedule" | "retention" | "repository"
  >;
  /** Which provider all of it goes through; the one without alias unless given. */
  readonly provider?: SnapformProvider;
}

/** One collection with all that protects it: policy, first snapshot, a restore to try it. */
export class ProtectedCollection extends Construct {
  /** The policy over this one collection. */
  readonly policy: BackupPolicy;
  /** Null unless asked for. */
  readonly firstSnapshot: Snapshot | null;
  /** Null unless asked for. */
  readonly restore: Restore | null;

  constructor(scope: Construct, id: string, props: ProtectedCollectionProps) {
    super(scope, id);
    const { cluster, collection, schedule, retention, firstSnapshot = false, restoreTo } = props;
    const name = props.name ?? nameOf(this, collection);
    const place = {
      ...(props.repository === undefined ? {} : { repository: props.repository }),
      ...(props.provider === undefined ? {} : { provider: props.provider }),
    };
    this.firstSnapshot =
      firstSnapshot === false
        ? null
        : new Snapshot(this, "first-snapshot", {
            name: firstSnapshot === true ? `${name}-first` : firstSnapshot,
            cluster,
            collection,
            ...place,
          });
    const what = { cluster, collections: [collection], schedule, retention, name };
    const others = props.policy?.dependsOn ?? [];
    // What the policy says of the newest snapshot takes in the first one.
    const dependsOn = this.firstSnapshot === null ? others : [...others, this.firstSnapshot];
    this.policy = new BackupPolicy(this, "policy", {
      ...props.policy,
      ...place,
      ...what,
      ...(dependsOn.length === 0 ? {} : { dependsOn }),
    });
    this.restore = restoreTo === undefined ? null : this.#restored(name, props, restoreTo);
  }

  #restored(
    name: string,
    { cluster, collection, provider }: ProtectedCollectionProps,
    restoreTo: RestoredCollection,
  ): Restore {
    const { name: own = `${name}-restored`, refresh, check, ...to } = restoreTo;
    return new Restore(this, "restore", {
      name: own,
      from: { policy: this.policy.name, cluster, collection },
      to,
      refresh,
      check,
      ...(provider === undefined ? {} : { provider }),
    });
  }
}
