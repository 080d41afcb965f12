import { isSnapformError, type SnapformError } from "../../errors/index.ts";
import { placementOf, type Placement } from "./api/placement.ts";
import { isAway } from "./node-look.ts";
import type { QdrantSetting } from "./setting.ts";

/** A replica that does not serve, as one node sees it. */
export interface UnreadyReplica {
  readonly shardId: number;
  /** The node that has it, or its peer id where there is no URL for that. */
  readonly at: string;
  readonly state: string;
  readonly seenBy: string;
}

/** The shards of a collection as all nodes see them at one moment. */
export interface ShardView {
  /** Nodes that know the collection. */
  readonly knownCount: number;
  /** Nodes that do not know it (yet). */
  readonly without: readonly string[];
  /** Nodes that do not answer. */
  readonly blind: readonly { readonly node: string; readonly error: SnapformError }[];
  readonly transferCount: number;
  readonly isResharding: boolean;
  readonly unready: readonly UnreadyReplica[];
  /** Of the nodes that know it, one's view. */
  readonly placement: Placement | null;
  /** Equal for two looks between which nothing has happened. */
  readonly fingerprint: string;
}

/** States that last: a listener only takes writes, and never becomes anything else. */
const STEADY: ReadonlySet<string> = new Set(["Active", "Listener"]);

/** In these states a replica is being filled; in the others nothing happens to it. */
const FILLING: ReadonlySet<string> = new Set([
  "Partial",
  "Initializing",
  "PartialSnapshot",
  "Recovery",
  "ManualRecovery",
]);

/** Asks every node how it sees the shards of a collection. */
export async function lookAtShards(
  setting: QdrantSetting,
  collection: string,
  signal: AbortSignal,
): Promise<ShardView> {
  const placements = new Map<string, Placement>();
  const without: string[] = [];
  const blind: { readonly node: string; readonly error: SnapformError }[] = [];
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  await Promise.all(
    setting.nodes.map(async ({ name, client }) => {
      try {
        placements.set(name, await placementOf(client, collection, options));
      } catch (error) {
        if (isSnapformError(error) && error.code === "not-found") without.push(name);
        else if (isAway(error)) blind.push({ node: name, error });
        else throw error;
      }
    }),
  );
  return viewOf(placements, without.toSorted(), blind);
}

/** True when every node sees every replica serve, and nothing moves. */
export function isSettled(view: ShardView): boolean {
  return (
    view.knownCount > 0 &&
    view.without.length === 0 &&
    view.blind.length === 0 &&
    view.unready.length === 0 &&
    !isMoving(view)
  );
}

/** True while data moves between nodes. */
export function isMoving({ transferCount, isResharding }: ShardView): boolean {
  return transferCount > 0 || isResharding;
}

/** True while some replica is being filled, from wherever. */
export function isFilling({ unready }: ShardView): boolean {
  return unready.some(({ state }) => FILLING.has(state));
}

/** What keeps a collection from being settled, for a message. */
export function whyUnsettled(view: ShardView): string {
  const reasons = [
    ...view.unready.map(
      ({ shardId, at, state, seenBy }) =>
        `shard ${shardId} on ${at} is ${state} (as ${seenBy} sees it)`,
    ),
    ...view.blind.map(({ node }) => `${node} does not answer`),
    ...view.without.map((node) => `${node} does not know the collection`),
    ...(view.transferCount > 0 ? [`${view.transferCount} transfer(s) of shards run`] : []),
    ...(view.isResharding ? ["its shards are being split or merged"] : []),
  ];
  return reasons.length === 0 ? "no node knows it" : reasons.join("; ");
}

function viewOf(
  placements: ReadonlyMap<string, Placement>,
  without: readonly string[],
  blind: ShardView["blind"],
): ShardView {
  const entries = [...placements].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const nameOf = new Map(entries.map(([node, { peerId }]) => [peerId, node]));
  const unready = entries.flatMap(([node, placement]) =>
    replicasOf(placement)
      .filter(({ state }) => !STEADY.has(state))
      .map(({ shardId, peerId, state }): UnreadyReplica => {
        const at = nameOf.get(peerId) ?? `peer ${peerId}`;
        return { shardId, at, state, seenBy: node };
      }),
  );
  const transferCount = Math.max(0, ...entries.map(([, { transfers }]) => transfers.length));
  const isResharding = entries.some(([, placement]) => placement.isResharding);
  const blindNames = blind.map(({ node }) => node).toSorted();
  return Object.freeze({
    knownCount: entries.length,
    without,
    blind,
    transferCount,
    isResharding,
    unready,
    placement: entries[0]?.[1] ?? null,
    fingerprint: JSON.stringify([without, blindNames, transferCount, isResharding, unready]),
  });
}

function replicasOf(
  placement: Placement,
): { readonly shardId: number; readonly peerId: string; readonly state: string }[] {
  const { peerId, local, remote } = placement;
  return [...local.map(({ shardId, state }) => ({ shardId, peerId, state })), ...remote];
}
