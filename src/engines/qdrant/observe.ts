import type { ClusterObservation } from "../../engine/driver.ts";
import { isSnapformError } from "../../errors/index.ts";
import type { ObservedCollection } from "../../snapshot/inventory.ts";
import type { Alias } from "./api/aliases.ts";
import { collectionDetails, countPoints, listCollections } from "./api/collections.ts";
import { placementOf } from "./api/placement.ts";
import { aliasesOf, askAny } from "./ask-any.ts";
import { lookAtCluster, observedNodes, reachablePeers, type ClusterLook } from "./cluster.ts";
import { collectionLayout, layoutOfParts } from "./collection-layout.ts";
import { coverageOf } from "./coverage.ts";
import { restoredCollections, usersAliases } from "./restored-collections.ts";
import { lookOptions, type QdrantSetting } from "./setting.ts";
import { snapshotProblem } from "./snapshot-problem.ts";

/** Looks at the whole cluster; the collections are shared out among the nodes that answer. */
export async function observeCluster(
  setting: QdrantSetting,
  signal: AbortSignal,
): Promise<ClusterObservation> {
  const look = await lookAtCluster(setting, signal);
  const names = await askAny(look.live, ({ node }) =>
    node.turns.run(signal, () => listCollections(node.client, lookOptions(setting, signal))),
  );
  const aliases = await aliasesOf(setting, look, signal);
  const { isScratch } = restoredCollections(aliases);
  const users = names.filter((name) => !isScratch(name));
  const observed = await Promise.all(
    users.map((name, index) => {
      const live = look.live.map((_, turn) => look.live[(index + turn) % look.live.length]);
      const asked = { ...look, live: live.filter((each) => each !== undefined) };
      return observeCollection(setting, asked, name, aliases, signal);
    }),
  );
  const { identity, version, topology, notices, restoreProblem } = look;
  return {
    identity,
    version,
    topology,
    nodes: observedNodes(look),
    notices,
    restoreProblem,
    collections: observed.filter((each) => each !== null),
  };
}

/** Null for a collection that is gone since it was listed. */
async function observeCollection(
  setting: QdrantSetting,
  look: ClusterLook,
  name: string,
  aliases: readonly Alias[],
  signal: AbortSignal,
): Promise<ObservedCollection | null> {
  const base = { name, identity: null, bytes: null, aliases: usersAliases(aliases, name) };
  try {
    return await askAny(look.live, async ({ node }) => {
      const ask = <T>(question: () => Promise<T>): Promise<T> => node.turns.run(signal, question);
      const options = lookOptions(setting, signal);
      const [details, placement, points] = await Promise.all([
        ask(() => collectionDetails(node.client, name, options)),
        ask(() => placementOf(node.client, name, options)),
        ask(() => countOrNull(countPoints(node.client, name, options), signal)),
      ]);
      const coverage = coverageOf(placement, reachablePeers(look, placement.peerId));
      const seen = { name, details, placement, coverage, aliases };
      const problem = snapshotProblem(setting, seen);
      return {
        ...base,
        points,
        layout: layoutOfParts(
          collectionLayout(details.config, placement),
          coverage.peers,
          look.live,
        ),
        problem: problem === null ? null : { code: problem.code, message: problem.message },
      };
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!isSnapformError(error)) throw error;
    if (error.code === "not-found") return null;
    const { code, message } = error;
    return { ...base, points: null, layout: null, problem: { code, message } };
  }
}

async function countOrNull(count: Promise<number>, signal: AbortSignal): Promise<number | null> {
  try {
    return await count;
  } catch (error) {
    signal.throwIfAborted();
    // A shard that cannot be read is told by its replicas.
    if (isSnapformError(error) && error.code !== "not-found") return null;
    throw error;
  }
}
