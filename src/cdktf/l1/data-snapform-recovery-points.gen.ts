// Written by scripts/generate.ts from schemas/. Do not edit.
import { ComplexObject, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { ObjectList } from "./object-list.ts";
import { SnapformDataSource } from "./resource.ts";

/**
 * From when to when each collection can be restored: one entry per collection that has a
 * complete snapshot.
 */
export interface DataSnapformRecoveryPointsConfig extends TerraformMetaArguments {
  /** Only collections of this cluster. */
  readonly cluster?: string | undefined;
  /** Only this collection. */
  readonly collection?: string | undefined;
  /** Only snapshots that belong to this policy. */
  readonly policy?: string | undefined;
  /**
   * As of this instant (RFC 3339): only snapshots that had finished by then, so that `newest` is
   * what a restore to it would take. Left out: all.
   */
  readonly at?: string | undefined;
}

/** References to DataSnapformRecoveryPointsRecoveryPoints. */
export class DataSnapformRecoveryPointsRecoveryPointsOutputReference extends ComplexObject {
  /** The cluster. */
  get cluster(): string {
    return this.getStringAttribute("cluster");
  }

  /** The collection. */
  get collection(): string {
    return this.getStringAttribute("collection");
  }

  /** When the newest complete snapshot was finished (RFC 3339). */
  get newest(): string {
    return this.getStringAttribute("newest");
  }

  /** The newest complete snapshot. */
  get newestId(): string {
    return this.getStringAttribute("newest_id");
  }

  /** When the oldest complete snapshot was finished (RFC 3339). */
  get oldest(): string {
    return this.getStringAttribute("oldest");
  }

  /** The oldest complete snapshot. */
  get oldestId(): string {
    return this.getStringAttribute("oldest_id");
  }

  /** How many complete snapshots there are. */
  get count(): number {
    return this.getNumberAttribute("count");
  }

  /** Their size in bytes, together. */
  get bytes(): number {
    return this.getNumberAttribute("bytes");
  }
}

/**
 * From when to when each collection can be restored: one entry per collection that has a
 * complete snapshot.
 */
export class DataSnapformRecoveryPoints extends SnapformDataSource<DataSnapformRecoveryPointsConfig> {
  static readonly tfResourceType: string = "snapform_recovery_points";

  constructor(scope: Construct, id: string, config: DataSnapformRecoveryPointsConfig = {}) {
    super(scope, id, DataSnapformRecoveryPoints.tfResourceType, config);
  }

  /** Only collections of this cluster. */
  get cluster(): string {
    return this.getStringAttribute("cluster");
  }

  /** Only this collection. */
  get collection(): string {
    return this.getStringAttribute("collection");
  }

  /** Only snapshots that belong to this policy. */
  get policy(): string {
    return this.getStringAttribute("policy");
  }

  /**
   * As of this instant (RFC 3339): only snapshots that had finished by then, so that `newest` is
   * what a restore to it would take. Left out: all.
   */
  get at(): string {
    return this.getStringAttribute("at");
  }

  /** One entry per collection, sorted by cluster and collection. */
  get recoveryPoints(): ObjectList<DataSnapformRecoveryPointsRecoveryPointsOutputReference> {
    return new ObjectList(this, "recovery_points", DataSnapformRecoveryPointsRecoveryPointsOutputReference);
  }
}
