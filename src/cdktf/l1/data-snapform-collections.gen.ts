// Written by scripts/generate.ts from schemas/. Do not edit.
import { ComplexObject, type TerraformMetaArguments } from "cdktf";
import type { Construct } from "constructs";
import { ObjectList } from "./object-list.ts";
import { SnapformDataSource } from "./resource.ts";

/** The collections of a cluster, as they are now. */
export interface DataSnapformCollectionsConfig extends TerraformMetaArguments {
  /** The cluster to look at. */
  readonly cluster: string;
  /** Only collections that match, as in `collections` of a policy. Left out: all. */
  readonly patterns?: readonly string[] | undefined;
}

/** References to DataSnapformCollectionsCollections. */
export class DataSnapformCollectionsCollectionsOutputReference extends ComplexObject {
  /** Its name; Milvus and Zilliz Cloud: `database/collection`. */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /** Number of points. Null where it was not counted. */
  get points(): number {
    return this.getNumberAttribute("points");
  }

  /** Size in bytes. Null where the engine does not say. */
  get bytes(): number {
    return this.getNumberAttribute("bytes");
  }

  /** Aliases that lead to it. */
  get aliases(): string[] {
    return this.getListAttribute("aliases");
  }

  /** Why it cannot be snapshotted. Null when it can. */
  get problem(): string {
    return this.getStringAttribute("problem");
  }
}

/** The collections of a cluster, as they are now. */
export class DataSnapformCollections extends SnapformDataSource<DataSnapformCollectionsConfig> {
  static readonly tfResourceType: string = "snapform_collections";

  constructor(scope: Construct, id: string, config: DataSnapformCollectionsConfig) {
    super(scope, id, DataSnapformCollections.tfResourceType, config);
  }

  /** The cluster to look at. */
  get cluster(): string {
    return this.getStringAttribute("cluster");
  }

  /** Only collections that match, as in `collections` of a policy. Left out: all. */
  get patterns(): string[] {
    return this.getListAttribute("patterns");
  }

  /** The names of the collections, sorted. */
  get names(): string[] {
    return this.getListAttribute("names");
  }

  /** The collections, sorted by name. */
  get collections(): ObjectList<DataSnapformCollectionsCollectionsOutputReference> {
    return new ObjectList(this, "collections", DataSnapformCollectionsCollectionsOutputReference);
  }
}
