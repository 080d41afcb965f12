import { describe, expect, test } from "vitest";
import { startFakeQdrant } from "../../src/testing/qdrant/fake-qdrant.ts";
import { expectSuccess, runExample } from "./run-example.ts";

describe("qdrant-cluster", () => {
  test("copies, restores, lives with a node down, and moves to another cluster", async () => {
    const run = await runExample(["qdrant-cluster"]);
    expectSuccess(run, "qdrant-cluster");
    expect(run.stdout).toContain("Done: 1 created, 1 copied, 1 expired");
    expect(run.stdout).toContain("✓ test_collection_import: all 1000 documents");
    expect(run.stdout).toContain("2 snapshots kept. But not all that is wanted could be planned.");
    expect(run.stdout).toContain("✓ alias documents: same neighbours, same scores, query 5");
    expect(run.stdout).not.toContain("key-of-the-example");
  });

  test("notices a restore that brought something else back", async () => {
    const run = await runExample(["qdrant-cluster", "--spoil"]);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain("✓ test_collection_import: all 1000 documents");
    expect(run.stderr).toMatch(/FAILED: not true: test_collection_import: same neighbours/);
  });

  test("leaves servers that it is given as it found them", async () => {
    const keys = { apiKey: "key-of-the-owner" };
    const servers = await startFakeQdrant({ nodes: 3, keys });
    try {
      const run = await runExample(["qdrant-cluster"], {
        SNAPFORM_QDRANT_NODES: servers.urls.join(","),
        SNAPFORM_QDRANT_API_KEY: keys.apiKey,
      });
      expectSuccess(run, "qdrant-cluster");
      expect(run.stdout).toContain("✓ snapform-test-collection_spare: all 1000 documents");
      expect(run.stdout).not.toContain(keys.apiKey);
      const files = await Promise.all(servers.nodes.map((node) => node.files()));
      expect(files).toEqual([[], [], []]);
      const changed = servers.requests.filter(({ method }) => method !== "GET");
      const names = changed.map(({ path }) => /^\/collections\/([^/]+)/.exec(path)?.[1] ?? path);
      const others = names.filter((name) => !name.startsWith("snapform-test-"));
      expect(new Set(others)).toEqual(new Set(["aliases"]));
      expect(servers.points("snapform-test-collection")).toBeNull();
    } finally {
      await servers.close();
    }
  });
});
