import { describe, expect, test } from "vitest";
import {
  formatFileKey,
  formatKey,
  parseKey,
  parseSnapshotFile,
  snapshotFileName,
} from "../../../../src/engines/qdrant/snapshot-key.ts";

const a = { peerId: "17", time: "2026-11-21-01-00-00" };
const b = { peerId: "9", time: "2026-11-21-01-00-02" };

describe("the key of a Qdrant snapshot", () => {
  test("is the same whatever the order of the nodes", () => {
    expect(formatKey([a, b])).toBe(formatKey([b, a]));
    expect(formatKey([a, b])).toBe("17@2026-11-21-01-00-00+9@2026-11-21-01-00-02");
  });

  test("is read back to the files that it names", () => {
    expect(parseKey(formatKey([a, b]))).toEqual({ kind: "set", parts: [a, b] });
    expect(snapshotFileName("docs", a)).toBe("docs-17-2026-11-21-01-00-00.snapshot");
  });

  test("names a file that a person brought by its node, which may hold slashes", () => {
    const key = formatFileKey("host:6333/node-0", "mine.snapshot");
    expect(parseKey(key)).toEqual({
      kind: "file",
      node: "host:6333/node-0",
      file: "mine.snapshot",
    });
  });

  test.each(["", "docs", "17@yesterday", "17@2026-11-21-01-00-00+", "file:", "file:/x", "file:n/"])(
    "is not %j",
    (key) => {
      expect(parseKey(key)).toBeNull();
    },
  );
});

describe("the name of a snapshot's file", () => {
  test.each([
    ["docs", "docs-17-2026-11-21-01-00-00.snapshot", "17"],
    ["docs-17", "docs-17-9-2026-11-21-01-00-00.snapshot", "9"],
    [
      "docs-1-2026-01-01-00-00-00",
      "docs-1-2026-01-01-00-00-00-5-2026-11-21-01-00-00.snapshot",
      "5",
    ],
  ])("of collection %s is read from the right: %s", (collection, file, peerId) => {
    expect(parseSnapshotFile(collection, file)).toEqual({ peerId, time: "2026-11-21-01-00-00" });
  });

  test.each([
    "docs-old-17-2026-11-21-01-00-00.snapshot",
    "docs-shard-3-2026-11-21-01-00-00.snapshot",
    "docs-17-2026-13-21-01-00-00.snapshot",
    "docs-17-2026-11-21-01-00-00.snapshot.tmp",
    "mine.snapshot",
    "snapform-run-1-1.snapshot",
  ])("%s is none of collection docs", (file) => {
    expect(parseSnapshotFile("docs", file)).toBeNull();
  });
});
