/**
 * The configuration in its canonical form, as the schemas describe it: no shorthands, no unions of
 * types, defaults not yet filled in, lengths of time and paths as text. Terraform and CDKTF speak
 * this form. Written by scripts/generate.ts from schemas/; do not edit.
 */

/**
 * A named connection to one deployment of a vector database. Which fields apply depends on
 * `engine`.
 */
export interface ClusterConfig {
  /**
   * The kind of database: `lancedb` (embedded, a local folder), `qdrant`, `milvus` or
   * `zilliz` (Zilliz Cloud).
   */
  readonly engine: "lancedb" | "qdrant" | "milvus" | "zilliz";
  /**
   * LanceDB only: the folder of the database. A relative path starts at the folder of the
   * file that declares it. Remote addresses such as `s3://` are not supported.
   */
  readonly uri?: string;
  /**
   * Qdrant only: every node of the cluster, because a snapshot has one part per node. A bare
   * URL stands for a node without a key of its own.
   */
  readonly nodes?: readonly {
    /** Address of the node with scheme and port. */
    readonly url: string;
    /**
     * Key of this node, when it differs from `apiKey` of the cluster. Take it from the
     * environment.
     */
    readonly apiKey?: string;
  }[];
  /**
   * Milvus and Zilliz Cloud: address of the server, with port where it is not the usual one.
   */
  readonly address?: string;
  /**
   * API key for the whole cluster (Qdrant, Zilliz Cloud). Take it from the environment:
   * `${env:NAME}`.
   */
  readonly apiKey?: string;
  /**
   * Token: of a Milvus or Zilliz Cloud user, instead of `username` and `password`; of
   * Qdrant, sent as a bearer token instead of `apiKey`, such as a JWT. Take it from the
   * environment: `${env:NAME}`.
   */
  readonly token?: string;
  /** Name of a Milvus user; goes with `password`. */
  readonly username?: string;
  /** Password of the user in `username`. Take it from the environment: `${env:NAME}`. */
  readonly password?: string;
  /**
   * PEM file with the certificate authority that signed the certificate of the server. A
   * relative path starts at the folder of the file that declares it.
   */
  readonly caFile?: string;
  /**
   * How long one request may take before it is given up. Left out: the default of the
   * engine.
   */
  readonly timeout?: string;
  /**
   * How many actions may run at once on this cluster. Left out: the default of the engine.
   */
  readonly concurrency?: number;
}

/** Storage outside the clusters that holds copies of snapshots. */
export interface RepositoryConfig {
  /** The kind of storage. `filesystem` is a folder on a local or mounted disk. */
  readonly type: "filesystem";
  /**
   * The folder. A relative path starts at the folder of the file that declares it. Must not
   * lie inside the folder of a LanceDB database, and no two repositories may share one.
   */
  readonly path: string;
  /**
   * How the contents of files are named and checked. Counts when the repository is made;
   * `sha256` can be checked with standard tools, `blake3` is faster. Default: "sha256".
   */
  readonly hash?: "sha256" | "blake3";
  /**
   * How long an expired snapshot stays in the trash and can be brought back. `0` frees its
   * space at once. Default: "7d".
   */
  readonly undo?: string;
}

/**
 * Which collections of a cluster are snapshotted, when, how long the snapshots are kept,
 * and where their copies go.
 */
export interface PolicyConfig {
  /** The cluster whose collections are protected. */
  readonly cluster: string;
  /**
   * Patterns of the collections to protect. `*` stands for any characters, a leading `!`
   * leaves out what matches. Put patterns in quotes. Milvus and Zilliz Cloud name
   * collections `database/collection`.
   */
  readonly collections: readonly string[];
  /** When a snapshot is due. A run that was missed is made up once. */
  readonly schedule: {
    /** Five fields: minute, hour, day of month, month, day of week. */
    readonly cron: string;
    /**
     * IANA name of the time zone in which `cron` is read and in which days, weeks and months
     * of the retention begin. Default: "UTC".
     */
    readonly timezone?: string;
    /**
     * Needed when `cron` sets both day of month and day of week: `any` runs when one of them
     * fits, `all` only when both do.
     */
    readonly dayMatch?: "any" | "all";
  };
  /**
   * Which snapshots are kept. A snapshot is kept when at least one rule keeps it. `keep`
   * alone keeps everything.
   */
  readonly retention: {
    /** Keep this many of the newest snapshots. */
    readonly last?: string;
    /** For this many hours that have a snapshot, keep the newest of each. */
    readonly hourly?: string;
    /** For this many days that have a snapshot, keep the newest of each. */
    readonly daily?: string;
    /** For this many ISO weeks that have a snapshot, keep the newest of each. */
    readonly weekly?: string;
    /** For this many months that have a snapshot, keep the newest of each. */
    readonly monthly?: string;
    /** For this many years that have a snapshot, keep the newest of each. */
    readonly yearly?: string;
    /**
     * Keep every snapshot that is less than this much older than the newest one. Years,
     * months, days and hours: `1y2m3d4h`.
     */
    readonly within?: string;
    /** The newest snapshot of each hour, within this duration of the newest one. */
    readonly withinHourly?: string;
    /** The newest snapshot of each day, within this duration of the newest one. */
    readonly withinDaily?: string;
    /** The newest snapshot of each week, within this duration of the newest one. */
    readonly withinWeekly?: string;
    /** The newest snapshot of each month, within this duration of the newest one. */
    readonly withinMonthly?: string;
    /** The newest snapshot of each year, within this duration of the newest one. */
    readonly withinYearly?: string;
    /**
     * Keep everything; goes with no other rule. `retention: keep` is the short form. Default:
     * false.
     */
    readonly keepAll?: boolean;
    /**
     * This many of the newest complete snapshots are never expired, whatever the rules say. 1
     * unless said otherwise, 3 when only `within` rules are given.
     */
    readonly minKeep?: number;
  };
  /**
   * Where copies go. Engines whose snapshots are born in a repository (LanceDB) use the
   * repository `default` when none is named.
   */
  readonly repository?: string;
  /**
   * How many of the newest snapshots stay on the cluster once their copies in the repository
   * are complete. Default: 1.
   */
  readonly keepOnCluster?: number;
  /** A note for people. */
  readonly description?: string;
}

/**
 * One snapshot of one collection, taken once and kept until its declaration is removed
 * with `removed`.
 */
export interface SnapshotConfig {
  /** The cluster that has the collection. */
  readonly cluster: string;
  /** The collection; no pattern. Milvus and Zilliz Cloud: `database/collection`. */
  readonly collection: string;
  /** A note for people. */
  readonly description?: string;
  /**
   * Where a copy goes. Engines whose snapshots are born in a repository (LanceDB) use the
   * repository `default` when none is named.
   */
  readonly repository?: string;
}

/**
 * The wish that a collection holds what a snapshot holds. Done once, unless `refresh` is
 * `follow`.
 */
export interface RestoreConfig {
  /**
   * The snapshot to restore, in one of three forms: `policy` and `collection`; `snapshot`;
   * or `repository`, `cluster` and `collection`, which works while the source cluster is
   * down and without any state.
   */
  readonly from: {
    /** The policy that made the snapshot; the cluster is the one of the policy. */
    readonly policy?: string;
    /** A snapshot declared under `snapshots`. */
    readonly snapshot?: string;
    /** The repository to read from. */
    readonly repository?: string;
    /**
     * With `repository`: the name under which the cluster stands in the repository. It need
     * not be declared.
     */
    readonly cluster?: string;
    /** The collection that was snapshotted. */
    readonly collection?: string;
    /**
     * `latest`, an RFC 3339 instant (the newest complete snapshot that had finished by then),
     * or the id of a snapshot. Default: "latest".
     */
    readonly at?: string;
  };
  /** Where it goes, and what happens when something is there already. */
  readonly to: {
    /** The cluster to restore to. */
    readonly cluster: string;
    /** The collection to make or replace. */
    readonly collection: string;
    /**
     * What to do when the collection exists: `fail`; `replace` it, after a snapshot of it was
     * taken; or `alias`: restore beside it under a dated name, then move an alias. Default:
     * "fail".
     */
    readonly ifExists?: "fail" | "replace" | "alias";
    /** The alias to move; needed with `ifExists: alias` and only then. */
    readonly alias?: string;
    /**
     * Also make the aliases that the collection had when it was snapshotted, where no
     * collection has them now. Needs an engine with aliases. Default: false.
     */
    readonly aliases?: boolean;
    /** How long that which was replaced is kept for an undo. Default: "7d". */
    readonly keepReplaced?: string;
  };
  /**
   * `once` restores one time; `follow` restores again whenever a newer snapshot is complete,
   * and needs `ifExists: replace` or `alias`. Default: "once".
   */
  readonly refresh?: "once" | "follow";
  /**
   * How the result is checked before it counts as done: `hashes` of all files; `count` also
   * the number of points; `deep` also indexes and sample queries. Default: "hashes".
   */
  readonly check?: "hashes" | "count" | "deep";
}

/** What snapform shall look after. Several files merge into one configuration. */
export interface SnapformConfig {
  /** The version of this format. */
  readonly version: 1;
  /**
   * Who owns what this configuration makes; it stands in every manifest. Letters, digits,
   * `_` and `-`.
   */
  readonly project: string;
  /**
   * Where snapform keeps the record of what it made. Put it where the next run finds it
   * again.
   */
  readonly state?: {
    /**
     * The folder. A relative path starts at the folder of the file that declares it. Default:
     * ".snapform/state".
     */
    readonly path?: string;
  };
  /** The clusters, by name. */
  readonly clusters?: Readonly<Record<string, ClusterConfig>>;
  /** The repositories, by name. */
  readonly repositories?: Readonly<Record<string, RepositoryConfig>>;
  /** The policies, by name. */
  readonly policies?: Readonly<Record<string, PolicyConfig>>;
  /** The one-off snapshots, by name. */
  readonly snapshots?: Readonly<Record<string, SnapshotConfig>>;
  /** The restores, by name. */
  readonly restores?: Readonly<Record<string, RestoreConfig>>;
  /** Renames: what belonged to `from` belongs to `to` from now on. */
  readonly moved?: readonly {
    /** The former address; no longer declared. */
    readonly from: string;
    /** The present address; declared. */
    readonly to: string;
  }[];
  /**
   * What was taken out of the configuration for good, by address. Without an entry its
   * snapshots are kept and listed as orphans.
   */
  readonly removed?: Readonly<
    Record<
      string,
      {
        /**
         * Whether its snapshots are deleted; else they are kept and no longer looked after.
         * Default: false.
         */
        readonly deleteSnapshots?: boolean;
      }
    >
  >;
}
