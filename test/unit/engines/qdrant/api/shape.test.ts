import { describe, expect, test } from "vitest";
import { listAliases } from "../../../../../src/engines/qdrant/api/aliases.ts";
import { clusterView } from "../../../../../src/engines/qdrant/api/cluster.ts";
import { collectionDetails } from "../../../../../src/engines/qdrant/api/collections.ts";
import { nodeVersion } from "../../../../../src/engines/qdrant/api/node.ts";
import { placementOf } from "../../../../../src/engines/qdrant/api/placement.ts";
import { createSnapshot } from "../../../../../src/engines/qdrant/api/snapshots.ts";
import { snapshotGauges } from "../../../../../src/engines/qdrant/api/telemetry.ts";
import { json, ok, scene, text } from "../http/server.ts";

describe("an answer that is none of Qdrant's", () => {
  test.each([
    ["a web page", text("<html></html>", 200), "unexpected answer: the body is not an object"],
    ["an empty body", text("", 200), "unexpected answer: the body is not an object"],
    ["another object", json({ hits: [] }), "unexpected answer: result is not an object"],
    ["another member", json(ok({ aliases: 1 })), "unexpected answer: result.aliases is not a list"],
    [
      "a member without its name",
      json(ok({ aliases: [{ alias_name: "a" }] })),
      "unexpected answer: result.aliases[0].collection_name is not text",
    ],
  ])("is refused with what is wrong with it: %s", async (_title, answer, why) => {
    const { client } = await scene(answer);
    await expect(listAliases(client)).rejects.toMatchObject({
      code: "unavailable",
      retryable: false,
      outcomeUnknown: false,
      message: `node-0: listing the aliases: ${why}; is this a Qdrant?`,
    });
  });

  test("leaves the outcome of a call open that changes something", async () => {
    const { client } = await scene(json(ok({})));
    await expect(createSnapshot(client, "docs")).rejects.toMatchObject({ outcomeUnknown: true });
  });

  test("is told by its title", async () => {
    const { client } = await scene(json({ title: "elastic", version: "9.0.0" }));
    await expect(nodeVersion(client)).rejects.toMatchObject({
      message: expect.stringContaining("does not call itself Qdrant") as string,
    });
  });
});

describe("an answer of another version", () => {
  test("may have members and words that nobody knows", async () => {
    const shard = { shard_id: 0, points_count: 1, state: "FutureState", news: 1 };
    const placement = {
      peer_id: 5,
      shard_count: 1,
      local_shards: [shard],
      remote_shards: [],
      shard_transfers: [{ shard_id: 0, from: 5, to: 6, sync: true }],
      resharding_operations: [{ direction: "up" }],
    };
    const { client } = await scene(json(ok(placement)));
    expect(await placementOf(client, "docs")).toEqual({
      peerId: "5",
      shardCount: 1,
      local: [{ shardId: 0, shardKey: null, state: "FutureState" }],
      remote: [],
      transfers: [{ shardId: 0, from: "5", to: "6" }],
      isResharding: true,
    });
  });

  test("may lack what is optional", async () => {
    const { client } = await scene([
      json(ok({ status: "grey", optimizer_status: { error: "no space" }, config: {} })),
      json(ok({ collections: {} })),
      json(ok({})),
    ]);
    expect(await collectionDetails(client, "docs")).toEqual({
      status: "grey",
      optimizerProblem: "no space",
      config: {},
      payloadSchema: {},
    });
    expect(await snapshotGauges(client)).toBeNull();
    expect(await snapshotGauges(client)).toBeNull();
  });

  test("tells what ails the consensus", async () => {
    const { client } = await scene(
      json(
        ok({
          status: "enabled",
          peer_id: 5,
          peers: { 5: { uri: "http://a:6335/" }, 6: { uri: "http://b:6335/" } },
          consensus_thread_status: { consensus_thread_status: "stopped_with_err", err: "disk" },
        }),
      ),
    );
    expect(await clusterView(client)).toMatchObject({
      peers: [{ peerId: "5" }, { peerId: "6" }],
      consensusProblem: "stopped_with_err: disk",
    });
  });

  test("is refused when its peer id has been rounded", async () => {
    const { client } = await scene(
      text('{"result":{"status":"enabled","peer_id":9007199254740993}}', 200),
    );
    await expect(clusterView(client)).rejects.toMatchObject({
      message: expect.stringContaining("result.peer_id is not a count") as string,
    });
  });
});
