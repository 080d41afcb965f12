// Written by scripts/generate.ts from schemas/. Do not edit.
import type { IResolvable } from "cdktf";
import { SnapformProviderBase, type ProviderMetaArguments } from "./provider.ts";

/**
 * Where snapform keeps its own record of what it made, beside the state of Terraform: it
 * outlives a runner that disappears in the middle of an apply. Left out, it is the folder
 * `.snapform/PROJECT` in the repository, provided that exactly one repository is declared; with
 * none or several it has to be given.
 */
export interface SnapformProviderState {
  /** The folder. A relative path starts in the folder in which Terraform runs. */
  readonly path: string;
}

/** Qdrant only: every node of the cluster, because a snapshot has one part per node. */
export interface SnapformProviderClustersNodes {
  /** Address of the node with scheme and port. */
  readonly url: string;
  /** Key of this node, when it differs from `apiKey` of the cluster. */
  readonly apiKey?: string | undefined;
}

/** The clusters, by name. Resources refer to them by this name. */
export interface SnapformProviderClusters {
  /**
   * The kind of database: `lancedb` (embedded, a local folder), `qdrant`, `milvus` or `zilliz`
   * (Zilliz Cloud).
   */
  readonly engine: "lancedb" | "qdrant" | "milvus" | "zilliz" | (string & {});
  /**
   * LanceDB only: the folder of the database. A relative path starts in the folder in which
   * Terraform runs. Remote addresses such as `s3://` are not supported.
   */
  readonly uri?: string | undefined;
  /** Qdrant only: every node of the cluster, because a snapshot has one part per node. */
  readonly nodes?: readonly SnapformProviderClustersNodes[] | IResolvable | undefined;
  /** Milvus and Zilliz Cloud: address of the server, with port where it is not the usual one. */
  readonly address?: string | undefined;
  /**
   * API key for the whole cluster (Qdrant, Zilliz Cloud). Left out, the environment variable
   * `SNAPFORM_<CLUSTER>_API_KEY` is read, where `<CLUSTER>` is its name in capitals, with `_`
   * for all but letters and digits.
   */
  readonly apiKey?: string | undefined;
  /**
   * Token of a Milvus or Zilliz Cloud user, instead of `username` and `password`; of Qdrant,
   * sent as a bearer token instead of `apiKey`, such as a JWT. Left out, the environment
   * variable `SNAPFORM_<CLUSTER>_TOKEN` is read, where `<CLUSTER>` is its name in capitals, with
   * `_` for all but letters and digits.
   */
  readonly token?: string | undefined;
  /** Name of a Milvus user; goes with `password`. */
  readonly username?: string | undefined;
  /**
   * Password of the user in `username`. Left out, the environment variable
   * `SNAPFORM_<CLUSTER>_PASSWORD` is read, where `<CLUSTER>` is its name in capitals, with `_`
   * for all but letters and digits.
   */
  readonly password?: string | undefined;
  /**
   * PEM file with the certificate authority that signed the certificate of the server. A
   * relative path starts in the folder in which Terraform runs.
   */
  readonly caFile?: string | undefined;
  /** How long one request may take before it is given up. Left out: the default of the engine. */
  readonly timeout?: string | undefined;
  /** How many actions may run at once on this cluster. Left out: the default of the engine. */
  readonly concurrency?: number | undefined;
}

/** The repositories, by name. Resources refer to them by this name. */
export interface SnapformProviderRepositories {
  /** The kind of storage. `filesystem` is a folder on a local or mounted disk. */
  readonly type: "filesystem" | (string & {});
  /**
   * The folder. A relative path starts in the folder in which Terraform runs. Must not lie
   * inside the folder of a LanceDB database, and no two repositories may share one.
   */
  readonly path: string;
  /**
   * How the contents of files are named and checked. Counts when the repository is made;
   * `sha256` can be checked with standard tools, `blake3` is faster. Default: `sha256`.
   */
  readonly hash?: "sha256" | "blake3" | (string & {}) | undefined;
  /**
   * How long an expired snapshot stays in the trash and can be brought back. `0` frees its space
   * at once. Default: `7d`.
   */
  readonly undo?: string | undefined;
}

/** What resources use where they say nothing themselves. */
export interface SnapformProviderDefaults {
  /** IANA name of the time zone of schedules. */
  readonly timezone?: string | undefined;
  /** The repository that copies of policies and snapshots go to. */
  readonly repository?: string | undefined;
}

/**
 * Backups of vector databases as code. The provider connects to clusters, keeps copies of
 * snapshots in repositories, and shows in `terraform plan` which snapshots will be made and
 * which will expire.
 */
export interface SnapformProviderConfig extends ProviderMetaArguments {
  /**
   * Who owns what this configuration makes; it stands in every manifest. Letters, digits, `_`
   * and `-`.
   */
  readonly project: string;
  /**
   * Where snapform keeps its own record of what it made, beside the state of Terraform: it
   * outlives a runner that disappears in the middle of an apply. Left out, it is the folder
   * `.snapform/PROJECT` in the repository, provided that exactly one repository is declared;
   * with none or several it has to be given.
   */
  readonly state?: SnapformProviderState | IResolvable | undefined;
  /** The clusters, by name. Resources refer to them by this name. */
  readonly clusters?: Readonly<Record<string, SnapformProviderClusters>> | IResolvable | undefined;
  /** The repositories, by name. Resources refer to them by this name. */
  readonly repositories?: Readonly<Record<string, SnapformProviderRepositories>> | IResolvable | undefined;
  /** What resources use where they say nothing themselves. */
  readonly defaults?: SnapformProviderDefaults | IResolvable | undefined;
}

/**
 * Backups of vector databases as code. The provider connects to clusters, keeps copies of
 * snapshots in repositories, and shows in `terraform plan` which snapshots will be made and
 * which will expire.
 */
export class SnapformProvider extends SnapformProviderBase<SnapformProviderConfig> {
  static readonly tfResourceType: string = "snapform";
}
