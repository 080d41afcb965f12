import { describe, expect, test } from "vitest";
import {
  layoutOfDetails,
  readDetails,
  writeDetails,
  type QdrantDetails,
} from "../../../../src/engines/qdrant/details.ts";
import type { Json } from "../../../../src/snapshot/json.ts";

const details: QdrantDetails = {
  format: 1,
  startedAt: "2026-11-21T01:00:00.000Z",
  finishedAt: "2026-11-21T01:00:09.000Z",
  description: null,
  engineVersion: "1.18.0",
  parts: [
    {
      node: "a:6333",
      peerId: "7",
      file: "docs-7-2026-11-21-01-00-00.snapshot",
      size: 10,
      sha256: null,
      shards: [0, 1],
      version: "1.18.0",
    },
  ],
  failures: [],
  points: { before: 1, after: 2 },
  config: { params: {} },
  payloadSchema: {},
  aliases: ["live"],
  layout: {
    shardCount: 2,
    sharding: "custom",
    shardKeys: ["x", 3],
    replicationFactor: 1,
    schemaHash: "00",
  },
};

describe("the details of a Qdrant snapshot", () => {
  test("are read as they were written", () => {
    expect(readDetails(writeDetails(details))).toEqual(details);
    const unknown = { ...details, points: null, layout: null, config: null, payloadSchema: null };
    expect(readDetails(writeDetails(unknown))).toEqual(unknown);
    expect(layoutOfDetails(unknown)).toBeNull();
  });

  test("tell the layout with the versions of the parts", () => {
    expect(layoutOfDetails(details)).toMatchObject({
      shardKeys: ["x", 3],
      versions: ["1.18.0"],
      parts: [{ name: "a:6333", shards: [0, 1] }],
    });
  });

  test.each<[string, Json]>([
    ["nothing", null],
    ["text", "details"],
    ["a list", []],
    ["another format", { ...(writeDetails(details) as object), format: 2 }],
    ["no parts", { ...(writeDetails(details) as object), parts: null }],
    ["a part without a size", { ...(writeDetails(details) as object), parts: [{ node: "a" }] }],
    ["points that are none", { ...(writeDetails(details) as object), points: { before: -1 } }],
    ["a strange layout", { ...(writeDetails(details) as object), layout: { sharding: "odd" } }],
    ["a memory engine's", { collectionIdentity: "c", contentHash: "h" }],
  ])("are not read from %s", (_what, json) => {
    expect(readDetails(json)).toBeNull();
  });
});
