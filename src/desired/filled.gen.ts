// Written by scripts/generate.ts from schemas/. Do not edit.

export interface ClusterFilled {
readonly engine: "lancedb" | "qdrant" | "milvus" | "zilliz";
readonly uri?: string;
readonly nodes: readonly ({
readonly url: string;
readonly apiKey?: string;
})[];
readonly address?: string;
readonly apiKey?: string;
readonly token?: string;
readonly username?: string;
readonly password?: string;
readonly caFile?: string;
readonly timeout?: string;
readonly concurrency?: number;
}

export interface RepositoryFilled {
readonly type: "filesystem";
readonly path: string;
readonly hash: "sha256" | "blake3";
readonly undo: string;
}

export interface PolicyFilled {
readonly cluster: string;
readonly collections: readonly (string)[];
readonly schedule: {
readonly cron: string;
readonly timezone: string;
readonly dayMatch?: "any" | "all";
};
readonly retention: {
readonly last?: string;
readonly hourly?: string;
readonly daily?: string;
readonly weekly?: string;
readonly monthly?: string;
readonly yearly?: string;
readonly within?: string;
readonly withinHourly?: string;
readonly withinDaily?: string;
readonly withinWeekly?: string;
readonly withinMonthly?: string;
readonly withinYearly?: string;
readonly keepAll: boolean;
readonly minKeep?: number;
};
readonly repository?: string;
readonly keepOnCluster: number;
readonly description?: string;
}

export interface SnapshotFilled {
readonly cluster: string;
readonly collection: string;
readonly description?: string;
readonly repository?: string;
}

export interface RestoreFilled {
readonly from: {
readonly policy?: string;
readonly snapshot?: string;
readonly repository?: string;
readonly cluster?: string;
readonly collection?: string;
readonly at: string;
};
readonly to: {
readonly cluster: string;
readonly collection: string;
readonly ifExists: "fail" | "replace" | "alias";
readonly alias?: string;
readonly aliases: boolean;
readonly keepReplaced: string;
};
readonly refresh: "once" | "follow";
readonly check: "hashes" | "count" | "deep";
}

export interface SnapformFilled {
readonly version: 1;
readonly project: string;
readonly state: {
readonly path: string;
};
readonly clusters: Readonly<Record<string, ClusterFilled>>;
readonly repositories: Readonly<Record<string, RepositoryFilled>>;
readonly policies: Readonly<Record<string, PolicyFilled>>;
readonly snapshots: Readonly<Record<string, SnapshotFilled>>;
readonly restores: Readonly<Record<string, RestoreFilled>>;
readonly moved: readonly ({
readonly from: string;
readonly to: string;
})[];
readonly removed: Readonly<Record<string, {
readonly deleteSnapshots: boolean;
}>>;
}
