// Written by scripts/generate.ts from schemas/. Do not edit.
import { ComplexObject, ImportableResource, type IResolvable, type TerraformMetaArguments, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { SnapformResource } from "./resource.ts";

/**
 * The snapshot to restore, in one of three forms, each with `cluster` and `collection` of the
 * snapshot: `policy`, `snapshot`, or `repository`, which works while the source cluster is down
 * and without any record of it.
 */
export interface RestoreFrom {
  /**
   * Name of the policy that made the snapshot, best `snapform_backup_policy.NAME.name`, so that
   * it is planned first.
   */
  readonly policy?: string | undefined;
  /** Name of a snapshot, best `snapform_snapshot.NAME.name`, so that it is taken first. */
  readonly snapshot?: string | undefined;
  /** The repository to read from. */
  readonly repository?: string | undefined;
  /**
   * The cluster that was snapshotted. With `policy` and `snapshot` it is the cluster of that
   * resource; with `repository`, the name under which it stands there, which need not be
   * declared.
   */
  readonly cluster: string;
  /** The collection that was snapshotted. */
  readonly collection: string;
  /**
   * `latest`, an RFC 3339 instant (the newest complete snapshot that had finished by then), or
   * the id of a snapshot. Left out: `latest`. Goes with `policy` and `repository`.
   */
  readonly at?: string | undefined;
}

/** Where it goes, and what happens when something is there already. */
export interface RestoreTo {
  /** The cluster to restore to. */
  readonly cluster: string;
  /** The collection to make or replace. */
  readonly collection: string;
  /**
   * What to do when the collection exists: `fail`; `replace` it, after a snapshot of it was
   * taken; or `alias`: restore beside it under a dated name, then move an alias. Default:
   * `fail`.
   */
  readonly ifExists?: "fail" | "replace" | "alias" | (string & {}) | undefined;
  /** The alias to move; needed with `ifExists: "alias"` and only then. */
  readonly alias?: string | undefined;
  /**
   * Also make the aliases that the collection had when it was snapshotted, where no collection
   * has them now. Needs an engine with aliases. Default: `false`.
   */
  readonly aliases?: boolean | IResolvable | undefined;
  /** How long that which was replaced is kept for an undo. Default: `7d`. */
  readonly keepReplaced?: string | undefined;
}

/** Time limits. What is not done by then is stopped at a safe point; the next apply goes on. */
export interface RestoreTimeouts {
  /** Time limit of `create`, such as `2h30m`. Left out: no limit. */
  readonly create?: string | undefined;
  /** Time limit of `update`, such as `2h30m`. Left out: no limit. */
  readonly update?: string | undefined;
  /** Time limit of `delete`, such as `2h30m`. Left out: no limit. */
  readonly delete?: string | undefined;
}

/**
 * The wish that a collection holds what a snapshot holds. Done once, unless `refresh` is
 * `follow`. A target that has vanished since is reported as `lost` and restored again only with
 * `-replace`.
 */
export interface RestoreConfig extends TerraformMetaArguments {
  /**
   * The name of the restore in its project: `restore.NAME`. Letters, digits, `_` and `-`. To
   * rename, give the new name here and add the old one to `formerNames`.
   */
  readonly name: string;
  /**
   * The snapshot to restore, in one of three forms, each with `cluster` and `collection` of the
   * snapshot: `policy`, `snapshot`, or `repository`, which works while the source cluster is
   * down and without any record of it.
   */
  readonly from: RestoreFrom | IResolvable;
  /** Where it goes, and what happens when something is there already. */
  readonly to: RestoreTo | IResolvable;
  /**
   * `once` restores one time; `follow` restores again whenever a newer snapshot is complete, and
   * needs `ifExists: "replace"` or `alias`. Default: `once`.
   */
  readonly refresh?: "once" | "follow" | (string & {}) | undefined;
  /**
   * How the result is checked before it counts as done: `hashes` of all files; `count` also the
   * number of points; `deep` also indexes and sample queries. Default: `hashes`.
   */
  readonly check?: "hashes" | "count" | "deep" | (string & {}) | undefined;
  /** Names that this restore had before, the newest first. */
  readonly formerNames?: readonly string[] | undefined;
  /**
   * What becomes of the restored collection when the resource is destroyed: `keep` it, or
   * `delete` it. No engine deletes collections yet, so that `delete` is refused when the
   * configuration is checked. Default: `keep`.
   */
  readonly onDestroy?: "keep" | "delete" | (string & {}) | undefined;
  /**
   * The hash of the dangerous actions that may be done, as the plan or the warning of an apply
   * shows it; replacing what a collection holds always needs it. It names exactly that set of
   * actions and is without effect on any other.
   */
  readonly acknowledge?: string | undefined;
  /** Time limits. What is not done by then is stopped at a safe point; the next apply goes on. */
  readonly timeouts?: RestoreTimeouts | IResolvable | undefined;
}

/** References to RestoreFrom. */
export class RestoreFromOutputReference extends ComplexObject {
  /**
   * Name of the policy that made the snapshot, best `snapform_backup_policy.NAME.name`, so that
   * it is planned first.
   */
  get policy(): string {
    return this.getStringAttribute("policy");
  }

  /** Name of a snapshot, best `snapform_snapshot.NAME.name`, so that it is taken first. */
  get snapshot(): string {
    return this.getStringAttribute("snapshot");
  }

  /** The repository to read from. */
  get repository(): string {
    return this.getStringAttribute("repository");
  }

  /**
   * The cluster that was snapshotted. With `policy` and `snapshot` it is the cluster of that
   * resource; with `repository`, the name under which it stands there, which need not be
   * declared.
   */
  get cluster(): string {
    return this.getStringAttribute("cluster");
  }

  /** The collection that was snapshotted. */
  get collection(): string {
    return this.getStringAttribute("collection");
  }

  /**
   * `latest`, an RFC 3339 instant (the newest complete snapshot that had finished by then), or
   * the id of a snapshot. Left out: `latest`. Goes with `policy` and `repository`.
   */
  get at(): string {
    return this.getStringAttribute("at");
  }
}

/** References to RestoreTo. */
export class RestoreToOutputReference extends ComplexObject {
  /** The cluster to restore to. */
  get cluster(): string {
    return this.getStringAttribute("cluster");
  }

  /** The collection to make or replace. */
  get collection(): string {
    return this.getStringAttribute("collection");
  }

  /**
   * What to do when the collection exists: `fail`; `replace` it, after a snapshot of it was
   * taken; or `alias`: restore beside it under a dated name, then move an alias. Default:
   * `fail`.
   */
  get ifExists(): string {
    return this.getStringAttribute("if_exists");
  }

  /** The alias to move; needed with `ifExists: "alias"` and only then. */
  get alias(): string {
    return this.getStringAttribute("alias");
  }

  /**
   * Also make the aliases that the collection had when it was snapshotted, where no collection
   * has them now. Needs an engine with aliases. Default: `false`.
   */
  get aliases(): IResolvable {
    return this.getBooleanAttribute("aliases");
  }

  /** How long that which was replaced is kept for an undo. Default: `7d`. */
  get keepReplaced(): string {
    return this.getStringAttribute("keep_replaced");
  }
}

/** References to RestoreTimeouts. */
export class RestoreTimeoutsOutputReference extends ComplexObject {
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
 * The wish that a collection holds what a snapshot holds. Done once, unless `refresh` is
 * `follow`. A target that has vanished since is reported as `lost` and restored again only with
 * `-replace`.
 */
export class Restore extends SnapformResource<RestoreConfig> {
  static readonly tfResourceType: string = "snapform_restore";

  /** Imports one; `terraform plan -generate-config-out` writes its configuration. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return new ImportableResource(scope, importToId, {
      terraformResourceType: "snapform_restore",
      importId: importFromId,
      ...(provider === undefined ? {} : { provider }),
    });
  }

  constructor(scope: Construct, id: string, config: RestoreConfig) {
    super(scope, id, Restore.tfResourceType, config);
  }

  /**
   * The name of the restore in its project: `restore.NAME`. Letters, digits, `_` and `-`. To
   * rename, give the new name here and add the old one to `formerNames`.
   */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /**
   * The snapshot to restore, in one of three forms, each with `cluster` and `collection` of the
   * snapshot: `policy`, `snapshot`, or `repository`, which works while the source cluster is
   * down and without any record of it.
   */
  get from(): RestoreFromOutputReference {
    return new RestoreFromOutputReference(this, "from", false);
  }

  /** Where it goes, and what happens when something is there already. */
  get to(): RestoreToOutputReference {
    return new RestoreToOutputReference(this, "to", false);
  }

  /**
   * `once` restores one time; `follow` restores again whenever a newer snapshot is complete, and
   * needs `ifExists: "replace"` or `alias`. Default: `once`.
   */
  get refresh(): string {
    return this.getStringAttribute("refresh");
  }

  /**
   * How the result is checked before it counts as done: `hashes` of all files; `count` also the
   * number of points; `deep` also indexes and sample queries. Default: `hashes`.
   */
  get check(): string {
    return this.getStringAttribute("check");
  }

  /** Names that this restore had before, the newest first. */
  get formerNames(): string[] {
    return this.getListAttribute("former_names");
  }

  /**
   * What becomes of the restored collection when the resource is destroyed: `keep` it, or
   * `delete` it. No engine deletes collections yet, so that `delete` is refused when the
   * configuration is checked. Default: `keep`.
   */
  get onDestroy(): string {
    return this.getStringAttribute("on_destroy");
  }

  /**
   * The hash of the dangerous actions that may be done, as the plan or the warning of an apply
   * shows it; replacing what a collection holds always needs it. It names exactly that set of
   * actions and is without effect on any other.
   */
  get acknowledge(): string {
    return this.getStringAttribute("acknowledge");
  }

  /** The address of the restore: `restore.NAME`. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  /** What the last apply did, or what the planned one will do, one line each, with its reason. */
  get changes(): string[] {
    return this.getListAttribute("changes");
  }

  /** The snapshot that was restored. */
  get snapshotId(): string {
    return this.getStringAttribute("snapshot_id");
  }

  /** When it was restored (RFC 3339). */
  get restoredAt(): string {
    return this.getStringAttribute("restored_at");
  }

  /**
   * The collection that holds the data: `to.collection`, or with `ifExists: "alias"` the dated
   * one that the alias leads to.
   */
  get restoredCollection(): string {
    return this.getStringAttribute("restored_collection");
  }

  /**
   * `done`: the target holds the snapshot. `withheld`: it waits for `acknowledge`. `incomplete`:
   * something failed; the next apply goes on from there. `lost`: the target has vanished or was
   * replaced since; only `-replace` restores it again. `unknown`: the cluster could not be
   * looked at.
   */
  get status(): string {
    return this.getStringAttribute("status");
  }

  /** Time limits. What is not done by then is stopped at a safe point; the next apply goes on. */
  get timeouts(): RestoreTimeoutsOutputReference {
    return new RestoreTimeoutsOutputReference(this, "timeouts", false);
  }
}
