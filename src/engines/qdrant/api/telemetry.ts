import { isSnapformError } from "../../../errors/index.ts";
import type { NodeClient } from "../http/node-client.ts";
import { ask, optionsOf, type AskOptions } from "./ask.ts";
import { field, listOf, member, optional, readCount, readText, type Read } from "./shape.ts";

/** What this node is doing with the snapshots of one collection. */
export interface SnapshotGauges {
  readonly collection: string;
  readonly creatingCount: number;
  readonly recoveringCount: number;
}

/**
 * The snapshots that this node makes or restores now, with collections that are at rest among
 * them. Null where nobody can tell: the key may not look, or the server does not count or answer.
 */
export async function snapshotGauges(
  client: NodeClient,
  options: AskOptions = {},
): Promise<readonly SnapshotGauges[] | null> {
  const doing = "asking what snapshots it works on";
  const request = { method: "GET", path: ["telemetry"], query: { details_level: 1 } } as const;
  try {
    return await ask(client, { ...request, doing, ...optionsOf(options) }, (value, at) => {
      const collections = member(value, "collections", at);
      if (collections === undefined || collections === null) return null;
      return field(collections, "snapshots", `${at}.collections`, optional(listOf(readGauges)));
    });
  } catch (error) {
    // Nothing rests on it alone, so whoever blocks it, or answers otherwise, only tells nothing.
    if (!isSnapformError(error) || error.code === "cancelled") throw error;
    return null;
  }
}

const readGauges: Read<SnapshotGauges> = (value, at) =>
  Object.freeze({
    collection: field(value, "id", at, readText),
    creatingCount: field(value, "running_snapshots", at, optional(readCount)) ?? 0,
    recoveringCount: field(value, "running_snapshot_recovery", at, optional(readCount)) ?? 0,
  });
