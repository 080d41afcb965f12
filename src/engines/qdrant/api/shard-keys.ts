import type { NodeClient } from "../http/node-client.ts";
import { ask, optionsOf, type AskOptions } from "./ask.ts";
import type { ShardKey } from "./placement.ts";
import { readDone } from "./shape.ts";

/**
 * Adds a shard key. Shard ids are given in the order of these calls, so that keys made in the
 * original order have their original ids.
 */
export async function createShardKey(
  client: NodeClient,
  collection: string,
  key: ShardKey,
  shape: { readonly shardsNumber?: number; readonly replicationFactor?: number } = {},
  options: AskOptions = {},
): Promise<void> {
  const { shardsNumber, replicationFactor } = shape;
  const doing = `adding the shard key ${JSON.stringify(key)} to ${JSON.stringify(collection)}`;
  const body = {
    shard_key: key,
    ...(shardsNumber === undefined ? {} : { shards_number: shardsNumber }),
    ...(replicationFactor === undefined ? {} : { replication_factor: replicationFactor }),
  };
  const path = ["collections", collection, "shards"];
  await ask(client, { method: "PUT", path, body, doing, ...optionsOf(options) }, readDone);
}
