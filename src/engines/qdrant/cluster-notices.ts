import type { ClusterNotice, Problem } from "../../snapshot/inventory.ts";
import { accessOf } from "./access.ts";
import type { ClusterLook } from "./cluster.ts";
import type { QdrantSetting } from "./setting.ts";

/** The first version in which the known losses of points around snapshots are repaired. */
const SOUND = [1, 17, 1] as const;

type Seen = Pick<ClusterLook, "nodes" | "live" | "topology" | "peers">;

/** What a person should know of the cluster, or change. */
export function noticesOf(setting: QdrantSetting, seen: Seen): readonly ClusterNotice[] {
  const away = seen.nodes.filter(({ error }) => error !== null);
  const notices = away.map(({ node, error }): ClusterNotice => ({
    code: "node-unreachable",
    summary: `node ${node.name} of cluster ${setting.cluster} does not answer`,
    detail:
      `${error?.message}. What lies on it is unknown, so nothing that may have a part there is ` +
      "expired, and nothing can be restored into the cluster until it answers.",
  }));
  const missing = missingPeers(seen);
  if (missing.length > 0) notices.push(missingNotice(setting, missing));
  const versions = versionsOf(seen);
  if (versions.length > 1) notices.push(mixedNotice(setting, versions));
  const old = seen.live.filter(({ version }) => isOld(version));
  if (old.length > 0) notices.push(oldNotice(setting, old));
  if (isHidden(seen)) notices.push(hiddenNotice(setting));
  return Object.freeze(notices);
}

/** Why nothing can be restored into the cluster now. */
export function restoreProblemOf(setting: QdrantSetting, seen: Seen): Problem | null {
  const where = `cluster ${setting.cluster}`;
  const forbidden = restoreForbidden(setting, seen);
  if (forbidden !== null) return { code: "permission-denied", message: `${where}: ${forbidden}` };
  const away = seen.nodes.filter(({ error }) => error !== null);
  if (away.length > 0) {
    const names = away.map(({ node }) => node.name).join(", ");
    const message = `${where}: a restore has to watch every node, and ${names} does not answer`;
    return { code: "unavailable", message };
  }
  const missing = missingPeers(seen);
  if (missing.length > 0) {
    const message =
      `${where}: a restore has to watch every node, and there is no URL for ` +
      `${missing.join(", ")}; add it to nodes`;
    return { code: "failed-precondition", message };
  }
  const versions = versionsOf(seen);
  if (versions.length > 1) {
    const message =
      `${where}: its nodes run different versions (${versions.join(", ")}); ` +
      "finish the upgrade first";
    return { code: "failed-precondition", message };
  }
  const stopped = seen.live.find(({ consensusProblem }) => consensusProblem !== null);
  if (stopped === undefined) return null;
  const message =
    `${where}: ${stopped.node.name} takes no part in what the members agree on ` +
    `(${stopped.consensusProblem}), so no collection can be made and no alias set; restart it, ` +
    "or look at its log";
  return { code: "failed-precondition", message };
}

/** Members for which there is no URL, as their internal addresses where those are known. */
function missingPeers({ nodes, live, peers }: Seen): readonly string[] {
  if (peers === null) return [];
  const known = new Set(live.map(({ peerId }) => peerId));
  const unmatched = [...peers].filter(([peerId]) => !known.has(peerId));
  // Each URL that does not answer may be that of a member.
  const awayCount = nodes.length - live.length;
  if (unmatched.length <= awayCount) return [];
  return unmatched.map(([peerId, uri]) => `peer ${peerId} (${uri})`).toSorted();
}

function versionsOf({ live }: Seen): readonly string[] {
  return [...new Set(live.map(({ version }) => version))].toSorted();
}

/** False for what cannot be told. */
function isOld(version: string): boolean {
  const [major, minor, patch] = version.split(/[.+-]/).map(Number);
  if (major === undefined || minor === undefined || patch === undefined) return false;
  const [a, b, c] = SOUND;
  return major < a || (major === a && (minor < b || (minor === b && patch < c)));
}

function isHidden({ live }: Seen): boolean {
  return live.some(({ isDistributed }) => isDistributed === null);
}

/** Restoring needs rights over everything; a key that may not ask for the members has none. */
function restoreForbidden({ clock, nodes }: QdrantSetting, seen: Seen): string | null {
  for (const { credential } of nodes) {
    const access = credential === null ? null : accessOf(credential, clock.now());
    if (access?.restore === "no") return access.reason;
  }
  if (!isHidden(seen)) return null;
  return "its key has rights over some collections only, and restoring needs them over all";
}

function missingNotice({ cluster }: QdrantSetting, missing: readonly string[]): ClusterNotice {
  return {
    code: "missing-node",
    summary: `cluster ${cluster} has members without a URL`,
    detail:
      `There is no URL for ${missing.join(", ")}. Each node keeps its snapshots for itself, so ` +
      "what lies there is unknown, and collections with shards there may not be snapshotted as a " +
      "whole. Add the URLs of all nodes to the cluster.",
  };
}

function mixedNotice({ cluster }: QdrantSetting, versions: readonly string[]): ClusterNotice {
  return {
    code: "mixed-versions",
    summary: `the nodes of cluster ${cluster} run different versions: ${versions.join(", ")}`,
    detail:
      "Snapshots are still taken, each part by the version of its node. Restoring into the " +
      "cluster is refused until all nodes run the same version.",
  };
}

function oldNotice({ cluster }: QdrantSetting, old: Seen["live"]): ClusterNotice {
  const nodes = old.map(({ node, version }) => `${node.name} runs ${version}`).join(", ");
  return {
    code: "old-version",
    summary: `cluster ${cluster} runs a version before ${SOUND.join(".")}`,
    detail:
      `${nodes}. Before ${SOUND.join(".")}, points that were written while a snapshot was taken ` +
      "could be missing in it, and replicas could stay partial after a restore. Upgrade the " +
      "servers, or pause writers while snapshots are taken.",
  };
}

function hiddenNotice({ cluster }: QdrantSetting): ClusterNotice {
  return {
    code: "cluster-not-visible",
    summary: `the key of cluster ${cluster} may not ask for its members`,
    detail:
      "Whether nodes are missing in the configuration cannot be known. Members are told by the " +
      "replicas of the collections that the key may see. Restoring needs a key with all rights.",
  };
}
