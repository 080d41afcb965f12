// Written by scripts/generate.ts from schemas/. Do not edit.
import { ComplexObject, ImportableResource, type IResolvable, type TerraformMetaArguments, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { SnapformResource } from "./resource.ts";

/** Time limits. What is not done by then is stopped at a safe point; the next apply goes on. */
export interface SnapshotTimeouts {
  /** Time limit of `create`, such as `2h30m`. Left out: no limit. */
  readonly create?: string | undefined;
  /** Time limit of `update`, such as `2h30m`. Left out: no limit. */
  readonly update?: string | undefined;
  /** Time limit of `delete`, such as `2h30m`. Left out: no limit. */
  readonly delete?: string | undefined;
}

/**
 * One named snapshot of one collection, taken once and kept until it is destroyed. It is never
 * taken again by itself: what it holds is the data of then.
 */
export interface SnapshotConfig extends TerraformMetaArguments {
  /**
   * The name of the snapshot in its project: it belongs to `snapshot.NAME`. Letters, digits, `_`
   * and `-`. To rename, give the new name here and add the old one to `formerNames`.
   */
  readonly name: string;
  /**
   * The cluster that has the collection. Another one is an error: a replacement would be a
   * snapshot of today.
   */
  readonly cluster: string;
  /**
   * The collection; no pattern. Milvus and Zilliz Cloud: `database/collection`. Another one is
   * an error: a replacement would be a snapshot of today.
   */
  readonly collection: string;
  /** A note for people. */
  readonly description?: string | undefined;
  /**
   * Where a copy goes. Engines whose snapshots are born in a repository (LanceDB) use the
   * repository `default` when none is named. Default: `defaults.repository` of the provider.
   */
  readonly repository?: string | undefined;
  /** Names that this snapshot had before, the newest first. */
  readonly formerNames?: readonly string[] | undefined;
  /** Refuses to destroy or replace the snapshot, in the plan and in apply. Default: `false`. */
  readonly deletionProtection?: boolean | IResolvable | undefined;
  /**
   * What becomes of the snapshot when the resource is destroyed: `keep` it, as an orphan that
   * can be adopted or imported; or `delete` it, unless it is the newest complete one of its
   * collection, which stays with a warning. Default: `keep`.
   */
  readonly onDestroy?: "keep" | "delete" | (string & {}) | undefined;
  /** Time limits. What is not done by then is stopped at a safe point; the next apply goes on. */
  readonly timeouts?: SnapshotTimeouts | IResolvable | undefined;
}

/** References to SnapshotTimeouts. */
export class SnapshotTimeoutsOutputReference extends ComplexObject {
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
 * One named snapshot of one collection, taken once and kept until it is destroyed. It is never
 * taken again by itself: what it holds is the data of then.
 */
export class Snapshot extends SnapformResource<SnapshotConfig> {
  static readonly tfResourceType: string = "snapform_snapshot";

  /** Imports one; `terraform plan -generate-config-out` writes its configuration. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importFromId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return new ImportableResource(scope, importToId, {
      terraformResourceType: "snapform_snapshot",
      importId: importFromId,
      ...(provider === undefined ? {} : { provider }),
    });
  }

  constructor(scope: Construct, id: string, config: SnapshotConfig) {
    super(scope, id, Snapshot.tfResourceType, config);
  }

  /**
   * The name of the snapshot in its project: it belongs to `snapshot.NAME`. Letters, digits, `_`
   * and `-`. To rename, give the new name here and add the old one to `formerNames`.
   */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /**
   * The cluster that has the collection. Another one is an error: a replacement would be a
   * snapshot of today.
   */
  get cluster(): string {
    return this.getStringAttribute("cluster");
  }

  /**
   * The collection; no pattern. Milvus and Zilliz Cloud: `database/collection`. Another one is
   * an error: a replacement would be a snapshot of today.
   */
  get collection(): string {
    return this.getStringAttribute("collection");
  }

  /** A note for people. */
  get description(): string {
    return this.getStringAttribute("description");
  }

  /**
   * Where a copy goes. Engines whose snapshots are born in a repository (LanceDB) use the
   * repository `default` when none is named. Default: `defaults.repository` of the provider.
   */
  get repository(): string {
    return this.getStringAttribute("repository");
  }

  /** Names that this snapshot had before, the newest first. */
  get formerNames(): string[] {
    return this.getListAttribute("former_names");
  }

  /** Refuses to destroy or replace the snapshot, in the plan and in apply. Default: `false`. */
  get deletionProtection(): IResolvable {
    return this.getBooleanAttribute("deletion_protection");
  }

  /**
   * What becomes of the snapshot when the resource is destroyed: `keep` it, as an orphan that
   * can be adopted or imported; or `delete` it, unless it is the newest complete one of its
   * collection, which stays with a warning. Default: `keep`.
   */
  get onDestroy(): string {
    return this.getStringAttribute("on_destroy");
  }

  /** The id of the snapshot. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  /** What the last apply did, or what the planned one will do, one line each, with its reason. */
  get changes(): string[] {
    return this.getListAttribute("changes");
  }

  /** When taking it began (RFC 3339). */
  get startedAt(): string {
    return this.getStringAttribute("started_at");
  }

  /** When taking it ended (RFC 3339). */
  get finishedAt(): string {
    return this.getStringAttribute("finished_at");
  }

  /** Size of the snapshot in bytes. */
  get bytes(): number {
    return this.getNumberAttribute("bytes");
  }

  /** Where complete copies of it lie: `cluster`, `repository.NAME`. */
  get places(): string[] {
    return this.getListAttribute("places");
  }

  /**
   * `complete`: it can be restored. `incomplete`: something failed; the next apply goes on from
   * there. `damaged`: no whole copy is left. `lost`: it was taken and no longer exists; only
   * `-replace` takes another one. `unknown`: the cluster or the repository could not be looked
   * at.
   */
  get status(): string {
    return this.getStringAttribute("status");
  }

  /** Time limits. What is not done by then is stopped at a safe point; the next apply goes on. */
  get timeouts(): SnapshotTimeoutsOutputReference {
    return new SnapshotTimeoutsOutputReference(this, "timeouts", false);
  }
}
