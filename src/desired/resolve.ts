import { resolve } from "node:path";
import { parseSpan } from "../clock/duration.ts";
import { assert } from "../errors/index.ts";
import type { RetentionRules } from "../policy/rules.ts";
import type { SnapformConfig } from "./canonical.ts";
import { withDefaults } from "./defaults.ts";
import type {
  DesiredCluster,
  Desired,
  DesiredPolicy,
  DesiredRepository,
  RestoreSource,
  DesiredRestore,
  DesiredSnapshot,
} from "./desired.ts";
import type {
  ClusterFilled,
  PolicyFilled,
  RepositoryFilled,
  RestoreFilled,
  SnapformFilled,
  SnapshotFilled,
} from "./filled.gen.ts";
import { fingerprint } from "./fingerprint.ts";
import { freeze } from "./freeze.ts";
import {
  IMPLIED_REPOSITORY,
  IMPLIED_REPOSITORY_PATH,
  repositoryFor,
} from "./implied-repository.ts";
import { followMoves } from "./moves.ts";
import { formatRestorePoint, parseRestorePoint } from "./restore-point.ts";
import { secretOf, type Secret } from "./secret.ts";

type Path = readonly (string | number)[];

/** What resolving needs to know beside the configuration. */
export interface ResolveOptions {
  /** The folder of the first configuration file, absolute; relative paths start there. */
  readonly folder: string;
  /** The folder where the relative path at this place starts, if it is another one. */
  readonly folderOf?: (path: Path) => string;
  /** The reference (`${env:NAME}`) that the secret at this place was given as; null for none. */
  readonly referenceOf?: (path: Path) => string | null;
}

interface Scene extends Required<ResolveOptions> {
  readonly config: SnapformFilled;
}

/** Resolves a configuration that is known to be valid (see config/). Pure. */
export function resolveDesired(config: SnapformConfig, options: ResolveOptions): Desired {
  const filled = withDefaults(config);
  const scene: Scene = {
    folder: options.folder,
    folderOf: options.folderOf ?? (() => options.folder),
    referenceOf: options.referenceOf ?? (() => null),
    config: filled,
  };
  const policies = sorted(filled.policies, (name, each) => policyOf(name, each, scene));
  const snapshots = sorted(filled.snapshots, (name, each) => snapshotOf(name, each, scene));
  const declared = sorted(filled.repositories, (name, each) => repositoryOf(name, each, scene));
  const restores = sorted(filled.restores, (name, each) => restoreOf(name, each, filled));
  return freeze({
    project: filled.project,
    clusters: sorted(filled.clusters, (name, each) => clusterOf(name, each, scene)),
    repositories: withImplied(declared, scene, [...policies, ...snapshots], restores),
    policies,
    snapshots,
    restores,
    moved: followMoves(filled.moved),
    removed: sorted(filled.removed, (address, { deleteSnapshots }) => ({
      address,
      deleteSnapshots,
    })),
    fingerprint: fingerprint(filled, scene.folder, scene.folderOf),
  });
}

/** Where the state of a configuration lies, absolute. */
export function resolveStatePath(
  state: SnapformConfig["state"],
  { folder, folderOf }: ResolveOptions,
): string {
  const filled = withDefaults({ version: 1, project: "", ...(state ? { state } : {}) });
  const start = state?.path === undefined ? folder : (folderOf?.(["state", "path"]) ?? folder);
  return resolve(start, filled.state.path);
}

function sorted<In, Out>(
  map: Readonly<Record<string, In>>,
  each: (name: string, value: In) => Out,
): readonly Out[] {
  const names = Object.keys(map).sort();
  return names.map((name) => each(name, map[name] as In));
}

function clusterOf(name: string, cluster: ClusterFilled, scene: Scene): DesiredCluster {
  const at = (...steps: Path): Path => ["clusters", name, ...steps];
  const secret = (value: string | undefined, path: Path): Secret | null =>
    value === undefined ? null : secretOf(value, scene.referenceOf(path));
  const path = (value: string | undefined, key: string): string | null =>
    value === undefined ? null : resolve(scene.folderOf(at(key)), value);
  const { uri, timeout } = cluster;
  return {
    name,
    engine: cluster.engine,
    uri: (cluster.engine === "lancedb" ? path(uri, "uri") : uri) ?? null,
    nodes: cluster.nodes.map(({ url, apiKey }, index) => ({
      url,
      apiKey: secret(apiKey, at("nodes", index, "apiKey")),
    })),
    address: cluster.address ?? null,
    apiKey: secret(cluster.apiKey, at("apiKey")),
    token: secret(cluster.token, at("token")),
    username: cluster.username ?? null,
    password: secret(cluster.password, at("password")),
    caFile: path(cluster.caFile, "caFile"),
    timeoutMs: timeout === undefined ? null : parseSpan(timeout),
    concurrency: cluster.concurrency ?? null,
  };
}

function repositoryOf(name: string, repository: RepositoryFilled, scene: Scene): DesiredRepository {
  const { type, path, hash, undo } = repository;
  const folder = scene.folderOf(["repositories", name, "path"]);
  return { name, type, path: resolve(folder, path), hash, undoMs: parseSpan(undo) };
}

function withImplied(
  declared: readonly DesiredRepository[],
  scene: Scene,
  makers: readonly { readonly repository: string | null }[],
  restores: readonly DesiredRestore[],
): readonly DesiredRepository[] {
  const named = [
    ...makers.map(({ repository }) => repository),
    ...restores.map(({ from }) => (from.kind === "repository" ? from.repository : null)),
  ];
  const isDeclared = declared.some(({ name }) => name === IMPLIED_REPOSITORY);
  if (isDeclared || !named.includes(IMPLIED_REPOSITORY)) return declared;
  const blank: SnapformConfig = {
    version: 1,
    project: "",
    repositories: {
      [IMPLIED_REPOSITORY]: {
        type: "filesystem",
        path: resolve(scene.folder, IMPLIED_REPOSITORY_PATH),
      },
    },
  };
  const implied = sorted(withDefaults(blank).repositories, (name, each) =>
    repositoryOf(name, each, scene),
  );
  return [...declared, ...implied].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function policyOf(name: string, policy: PolicyFilled, { config }: Scene): DesiredPolicy {
  const { schedule, retention } = policy;
  return {
    name,
    cluster: policy.cluster,
    collections: policy.collections,
    schedule: {
      cron: schedule.cron,
      timezone: schedule.timezone,
      ...(schedule.dayMatch === undefined ? {} : { dayMatch: schedule.dayMatch }),
    },
    retention: {
      keepAll: retention.keepAll,
      rules: retentionRules(retention),
      minKeep: retention.minKeep ?? defaultFloor(retention),
    },
    repository: repositoryFor(config.clusters[policy.cluster]?.engine, policy.repository),
    keepOnCluster: policy.keepOnCluster,
    description: policy.description ?? null,
  };
}

/** The rules of a retention in the words of policy/: counts as numbers. */
export function retentionRules(
  retention: NonNullable<SnapformConfig["policies"]>[string]["retention"],
): RetentionRules {
  const { keepAll: _, minKeep: __, ...rules } = retention;
  const entries = Object.entries(rules).map(([rule, value]): [string, number | string] => {
    return [rule, !rule.startsWith("within") && value !== "all" ? Number(value) : value];
  });
  return Object.fromEntries(entries) as RetentionRules;
}

/** Windows alone would drop everything old at the first success after an outage. */
function defaultFloor(retention: PolicyFilled["retention"]): number {
  const rules = Object.keys(retentionRules(retention));
  return rules.length > 0 && rules.every((rule) => rule.startsWith("within")) ? 3 : 1;
}

function snapshotOf(name: string, snapshot: SnapshotFilled, { config }: Scene): DesiredSnapshot {
  return {
    name,
    cluster: snapshot.cluster,
    collection: snapshot.collection,
    repository: repositoryFor(config.clusters[snapshot.cluster]?.engine, snapshot.repository),
    description: snapshot.description ?? null,
  };
}

function restoreOf(name: string, restore: RestoreFilled, config: SnapformFilled): DesiredRestore {
  const { cluster, collection, ifExists, alias, aliases, keepReplaced } = restore.to;
  return {
    name,
    from: sourceOf(restore.from, config),
    to: {
      cluster,
      collection,
      ifExists,
      alias: alias ?? null,
      aliases,
      keepReplacedMs: parseSpan(keepReplaced),
    },
    refresh: restore.refresh,
    check: restore.check,
  };
}

function sourceOf(from: RestoreFilled["from"], config: SnapformFilled): RestoreSource {
  const { policy, snapshot, repository, cluster, collection } = from;
  if (snapshot !== undefined) {
    const declared = config.snapshots[snapshot];
    assert(declared, `snapshot ${snapshot} was checked to be declared`);
    return {
      kind: "snapshot",
      snapshot,
      cluster: declared.cluster,
      collection: declared.collection,
    };
  }
  assert(collection !== undefined, "a restore's source was checked to have a collection");
  const point = parseRestorePoint(from.at);
  assert(point, `a restore's point in time was checked: ${from.at}`);
  const at = formatRestorePoint(point);
  if (policy !== undefined) {
    const declared = config.policies[policy];
    assert(declared, `policy ${policy} was checked to be declared`);
    return { kind: "policy", policy, cluster: declared.cluster, collection, at };
  }
  assert(repository !== undefined && cluster !== undefined, "a restore has one of three forms");
  return { kind: "repository", repository, cluster, collection, at };
}
