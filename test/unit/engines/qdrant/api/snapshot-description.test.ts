import { afterEach, describe, expect, test, vi } from "vitest";
import { readSnapshotDescription } from "../../../../../src/engines/qdrant/api/snapshot-description.ts";
import { parseSnapshotName } from "../../../../../src/engines/qdrant/api/snapshot-name.ts";

describe("parseSnapshotName", () => {
  test.each(["docs", "docs-en-2", "docs-1-2026-11-21-04-00-00", "a b.snapshot", "docs-shard"])(
    "reads the name of a snapshot of %j",
    (collection) => {
      expect(
        parseSnapshotName(`${collection}-77-2026-11-21-04-05-06.snapshot`, collection),
      ).toEqual({
        kind: "collection",
        peerId: "77",
        shardId: null,
        at: "2026-11-21T04:05:06.000Z",
      });
    },
  );

  test("keeps every digit of a peer id", () => {
    const name = "docs-18446744073709551615-2026-11-21-04-05-06.snapshot";
    expect(parseSnapshotName(name, "docs")?.peerId).toBe("18446744073709551615");
  });

  test("tells a shard's snapshot from one of a collection of a like name", () => {
    const name = "docs-shard-5-2026-11-21-04-05-06.snapshot";
    const at = "2026-11-21T04:05:06.000Z";
    expect(parseSnapshotName(name, "docs")).toEqual({
      kind: "shard",
      peerId: null,
      shardId: 5,
      at,
    });
    expect(parseSnapshotName(name, "docs-shard")).toMatchObject({
      kind: "collection",
      peerId: "5",
    });
  });

  test.each([
    "docs.snapshot",
    "docs-2026-11-21-04-05-06.snapshot",
    "news-77-2026-11-21-04-05-06.snapshot",
    "my-docs-77-2026-11-21-04-05-06.snapshot",
    "docs-77-2026-13-21-04-05-06.snapshot",
    "docs-77-2026-02-30-04-05-06.snapshot",
    "docs-77-2026-11-21-04-05-06.snapshot.tmp",
    "docs-77-2026-11-21-04-05-06.tar",
    "docs-x-2026-11-21-04-05-06.snapshot",
  ])("does not take %j for a snapshot of docs", (name) => {
    expect(parseSnapshotName(name, "docs")).toBeNull();
  });
});

describe("readSnapshotDescription", () => {
  afterEach(() => void vi.unstubAllEnvs());
  const read = readSnapshotDescription("docs");

  test("takes the time from the name, before that of the file", () => {
    const name = "docs-77-2026-11-21-04-05-06.snapshot";
    const file = { name, size: 5, creation_time: "2026-11-22T00:00:00", checksum: "AB" };
    expect(read(file, "result")).toEqual({
      name,
      size: 5,
      createdAt: "2026-11-21T04:05:06.000Z",
      checksum: "ab",
    });
  });

  test.each([
    ["2026-11-21T04:00:00", "2026-11-21T04:00:00.000Z"],
    ["2026-11-21T04:00:00.123456", "2026-11-21T04:00:00.123Z"],
    ["2026-11-21T04:00:00Z", "2026-11-21T04:00:00.000Z"],
  ])("reads the time of a file, %s, as UTC wherever it runs", (time, createdAt) => {
    vi.stubEnv("TZ", "America/New_York");
    const file = { name: "mine.snapshot", size: 5, creation_time: time };
    expect(read(file, "result")).toMatchObject({ createdAt, checksum: null });
  });

  test.each([null, undefined, "yesterday", 17])(
    "does without a checksum, and with %j for a time",
    (time) => {
      const file = { name: "mine.snapshot", size: "5", creation_time: time, extra: true };
      expect(read(file, "result")).toEqual({
        name: "mine.snapshot",
        size: 5,
        createdAt: null,
        checksum: null,
      });
    },
  );

  test.each([
    [null, "result is not an object"],
    [{ size: 1 }, "result.name is not text"],
    [{ name: "a", size: -1 }, "result.size is not a count"],
    [{ name: "a", size: "1.5" }, "result.size is not a count"],
    [{ name: "a", size: 1, checksum: 5 }, "result.checksum is not text"],
  ])("refuses %j", (value, message) => {
    expect(() => read(value, "result")).toThrow(message);
  });
});
