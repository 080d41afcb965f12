import { SnapformError } from "../../errors/index.ts";
import type { CollectionLayout } from "../../snapshot/layout.ts";
import type { Alias } from "./api/aliases.ts";
import { collectionDetails, type CollectionDetails } from "./api/collections.ts";
import { placementOf } from "./api/placement.ts";
import { lookAtCluster, reachablePeers, type ClusterLook, type LiveNode } from "./cluster.ts";
import { collectionLayout } from "./collection-layout.ts";
import { coverageOf } from "./coverage.ts";
import { aliasesOf, askAny } from "./ask-any.ts";
import { usersAliases } from "./restored-collections.ts";
import { lookOptions, type QdrantSetting } from "./setting.ts";
import { problemError, snapshotProblem } from "./snapshot-problem.ts";

/** A member that makes a part. */
export interface PartMaker {
  readonly live: LiveNode;
  readonly peerId: string;
  readonly shards: readonly number[];
}

/** What a snapshot of a collection taken now consists of. */
export interface CreatePlan {
  readonly look: ClusterLook;
  readonly details: CollectionDetails;
  readonly layout: CollectionLayout;
  readonly makers: readonly PartMaker[];
  /** The names by which users call the collection. */
  readonly aliases: readonly string[];
}

/**
 * Looks who makes which part.
 *
 * @throws SnapformError `not-found` without the collection, also when the name is an alias;
 * `failed-precondition` or `unavailable` when a snapshot would not be whole
 */
export async function planCreate(
  setting: QdrantSetting,
  name: string,
  signal: AbortSignal,
): Promise<CreatePlan> {
  const look = await lookAtCluster(setting, signal);
  const aliases = await aliasesOf(setting, look, signal);
  requireNoAlias(setting, name, aliases);
  const options = lookOptions(setting, signal);
  const seen = await askAny(look.live, async ({ node }) => {
    const details = await node.turns.run(signal, () =>
      collectionDetails(node.client, name, options),
    );
    const placement = await node.turns.run(signal, () => placementOf(node.client, name, options));
    return { details, placement, answering: node.name };
  });
  const { details, placement, answering } = seen;
  const coverage = coverageOf(placement, reachablePeers(look, placement.peerId));
  const problem = snapshotProblem(setting, { name, details, placement, coverage, aliases });
  if (problem !== null) throw problemError(problem);
  const makers = coverage.peers.flatMap(({ peerId, shards }) => {
    const isOwn = (each: LiveNode): boolean =>
      each.peerId === peerId || (peerId === placement.peerId && each.node.name === answering);
    const live = look.live.find(isOwn);
    return live ? [{ live, peerId, shards }] : [];
  });
  return {
    look,
    details,
    layout: collectionLayout(details.config, placement),
    makers,
    aliases: usersAliases(aliases, name),
  };
}

function requireNoAlias(setting: QdrantSetting, name: string, aliases: readonly Alias[]): void {
  const alias = aliases.find((each) => each.alias === name);
  if (alias === undefined) return;
  const real = JSON.stringify(alias.collection);
  throw new SnapformError(
    "not-found",
    `cluster ${setting.cluster}: ${JSON.stringify(name)} is no collection, but an alias of ${real}`,
    { hint: `Name the collection ${real} itself.` },
  );
}
