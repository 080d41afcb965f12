// Written by scripts/generate.ts from schemas/. Do not edit.
import { ComplexObject, type IResolvable, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { ObjectList } from "./object-list.ts";
import { SnapformDataSource } from "./resource.ts";

/** The snapshots that exist, newest first. All filters that are given have to fit. */
export interface DataSnapformSnapshotsConfig extends TerraformMetaArguments {
  /** Only snapshots of this cluster. */
  readonly cluster?: string | undefined;
  /** Only snapshots of this collection. */
  readonly collection?: string | undefined;
  /** Only snapshots that belong to this policy. */
  readonly policy?: string | undefined;
  /** Only snapshots with a copy there: `cluster`, or `repository.NAME`. */
  readonly place?: string | undefined;
  /**
   * Only snapshots of which this is true: `complete` (can be restored), `partial`, `damaged`,
   * `unknown` or `unreachable`.
   */
  readonly status?: "complete" | "partial" | "damaged" | "unknown" | "unreachable" | (string & {}) | undefined;
  /** Only snapshots that had finished at this instant (RFC 3339) or later. */
  readonly finishedAfter?: string | undefined;
  /** Only snapshots that had finished before this instant (RFC 3339). */
  readonly finishedBefore?: string | undefined;
  /** The newest this many at most. */
  readonly limit?: number | undefined;
}

/** References to DataSnapformSnapshotsSnapshots. */
export class DataSnapformSnapshotsSnapshotsOutputReference extends ComplexObject {
  /** Its id. */
  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The cluster that it was taken of. */
  get cluster(): string {
    return this.getStringAttribute("cluster");
  }

  /** The collection that it was taken of. */
  get collection(): string {
    return this.getStringAttribute("collection");
  }

  /** The engine that took it. */
  get engine(): string {
    return this.getStringAttribute("engine");
  }

  /** What it belongs to, such as `policy.nightly`. Null when snapform did not make it. */
  get address(): string {
    return this.getStringAttribute("address");
  }

  /** The project that made it. Null when snapform did not make it. */
  get project(): string {
    return this.getStringAttribute("project");
  }

  /** When taking it began (RFC 3339). */
  get startedAt(): string {
    return this.getStringAttribute("started_at");
  }

  /** When taking it ended (RFC 3339). Null when it never did. */
  get finishedAt(): string {
    return this.getStringAttribute("finished_at");
  }

  /** The run that it was made for (RFC 3339). Null for a one-off. */
  get scheduledFor(): string {
    return this.getStringAttribute("scheduled_for");
  }

  /** A note for people. */
  get description(): string {
    return this.getStringAttribute("description");
  }

  /** Number of points, as counted before it was taken. Null where nobody counted. */
  get points(): number {
    return this.getNumberAttribute("points");
  }

  /** Size in bytes. */
  get bytes(): number {
    return this.getNumberAttribute("bytes");
  }

  /** Whether it is kept whatever the rules say. */
  get pinned(): IResolvable {
    return this.getBooleanAttribute("pinned");
  }

  /** As in the filter. */
  get status(): string {
    return this.getStringAttribute("status");
  }

  /** Where its copies lie: `cluster`, `repository.NAME`. */
  get places(): string[] {
    return this.getListAttribute("places");
  }
}

/** The snapshots that exist, newest first. All filters that are given have to fit. */
export class DataSnapformSnapshots extends SnapformDataSource<DataSnapformSnapshotsConfig> {
  static readonly tfResourceType: string = "snapform_snapshots";

  constructor(scope: Construct, id: string, config: DataSnapformSnapshotsConfig = {}) {
    super(scope, id, DataSnapformSnapshots.tfResourceType, config);
  }

  /** Only snapshots of this cluster. */
  get cluster(): string {
    return this.getStringAttribute("cluster");
  }

  /** Only snapshots of this collection. */
  get collection(): string {
    return this.getStringAttribute("collection");
  }

  /** Only snapshots that belong to this policy. */
  get policy(): string {
    return this.getStringAttribute("policy");
  }

  /** Only snapshots with a copy there: `cluster`, or `repository.NAME`. */
  get place(): string {
    return this.getStringAttribute("place");
  }

  /**
   * Only snapshots of which this is true: `complete` (can be restored), `partial`, `damaged`,
   * `unknown` or `unreachable`.
   */
  get status(): string {
    return this.getStringAttribute("status");
  }

  /** Only snapshots that had finished at this instant (RFC 3339) or later. */
  get finishedAfter(): string {
    return this.getStringAttribute("finished_after");
  }

  /** Only snapshots that had finished before this instant (RFC 3339). */
  get finishedBefore(): string {
    return this.getStringAttribute("finished_before");
  }

  /** The newest this many at most. */
  get limit(): number {
    return this.getNumberAttribute("limit");
  }

  /** What fits, newest first. */
  get snapshots(): ObjectList<DataSnapformSnapshotsSnapshotsOutputReference> {
    return new ObjectList(this, "snapshots", DataSnapformSnapshotsSnapshotsOutputReference);
  }
}
