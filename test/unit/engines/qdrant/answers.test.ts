import { describe, expect, test } from "vitest";
import type { EngineDriver } from "../../../../src/engine/driver.ts";
import {
  contextOf,
  failureOf,
  Ledger,
  native,
  pointsFrom,
  requestOf,
  startCluster,
  take,
  type Cluster,
} from "./restore/cluster.ts";

const POINTS = pointsFrom(1, 30);

type Page = Readonly<Record<string, unknown>>;

/** Has every node give another answer to a question, made of its own by `change`. */
async function answerOtherwise(
  cluster: Cluster,
  path: string,
  change: (page: Page) => unknown,
): Promise<void> {
  for (const node of cluster.fake.nodes.keys()) {
    const result = change((await cluster.rest("GET", path, undefined, node)) as Page);
    const body = { result, status: "ok", time: 0 };
    const fault = { kind: "answer", status: 200, body } as const;
    cluster.fake.fault({ node, method: "GET", path: new RegExp(`^${path}$`), fault, times: 1e6 });
  }
}

function create(cluster: Cluster) {
  const request = { snapshotId: "s1", collection: "docs", description: null, earlier: null };
  const record = (): Promise<void> => Promise.resolve();
  return (cluster.driver as Required<EngineDriver>).createNative(
    { ...request, record },
    contextOf(),
  );
}

describe("an answer that is not quite as expected", () => {
  test.each([403, 404, 405, 500, 501])(
    "may be a %i to telemetry, which only tells less",
    async (status) => {
      await using cluster = await startCluster();
      await cluster.create("docs", POINTS);
      const blocked = { kind: "answer", status, body: "no" } as const;
      cluster.fake.fault({ path: /^\/telemetry$/, fault: blocked, times: 1e6 });
      const lost = { kind: "drop-after" } as const;
      cluster.fake.fault({ method: "POST", path: /\/docs\/snapshots$/, fault: lost });
      expect((await create(cluster)).status).toBe("complete");
      cluster.fake.fault({ method: "POST", path: /\/upload$/, fault: lost });
      const source = native(await take(cluster, "docs"));
      await cluster.driver.restore(requestOf(cluster, source, "two", new Ledger()), contextOf());
      expect(await cluster.read("two")).toEqual(POINTS);
    },
  );

  test("may lack what older and lone servers do not tell, and have numbers as text", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", POINTS);
    await answerOtherwise(cluster, "/collections/docs/cluster", (page) => {
      const { shard_transfers: _transfers, resharding_operations: _operations, ...rest } = page;
      return { ...rest, shard_count: String(page["shard_count"]) };
    });
    await answerOtherwise(cluster, "/collections/docs", (page) => {
      const { optimizer_status: _optimizer, payload_schema: _schema, ...rest } = page;
      return rest;
    });
    const { collections } = await cluster.driver.observe(contextOf());
    expect(collections).toMatchObject([{ name: "docs", points: 30, problem: null }]);
    expect((await create(cluster)).status).toBe("complete");
  });

  test("may have a time that nobody can read, by which no file is hidden", async () => {
    await using cluster = await startCluster({ nodes: 1 });
    await cluster.create("docs", POINTS, { shard_number: 1 });
    const made = await create(cluster);
    await answerOtherwise(cluster, "/collections/docs/snapshots", (page) =>
      (page as unknown as readonly object[]).map((file) => ({ ...file, creation_time: "today" })),
    );
    const [listed] = await cluster.driver.listNative(["docs"], [made], contextOf());
    expect(listed?.status).toBe("complete");
  });

  test.each([false, null, "yes"])(
    "is no promise that something was done where it is %j",
    async (result) => {
      await using cluster = await startCluster();
      await cluster.create("docs", POINTS);
      const body = { result, status: "ok", time: 0 };
      const fault = { kind: "answer", status: 200, body } as const;
      cluster.fake.fault({ method: "POST", path: /^\/collections\/aliases$/, fault, times: 9 });
      const { driver } = cluster as { readonly driver: Required<EngineDriver> };
      const error = await failureOf(driver.moveAlias("live", "docs", contextOf()));
      expect([error.code, error.outcomeUnknown]).toEqual(["unavailable", true]);
    },
  );

  test.each(["1.9.7", "1.12.6", "1.15.5", "1.16.3", "1.17.1", "1.19.0"])(
    "of version %s is enough to take a snapshot and to restore it",
    async (version) => {
      await using cluster = await startCluster({ version });
      await cluster.create("docs", POINTS, { replication_factor: 2 });
      const source = native(await create(cluster));
      for (const procedure of ["new", "replace"] as const) {
        const request = requestOf(cluster, source, "two", new Ledger(), {
          procedure,
          runId: procedure,
        });
        await cluster.driver.restore(request, contextOf());
        expect(await cluster.read("two")).toEqual(POINTS);
      }
      expect(await cluster.leftovers()).toEqual([]);
    },
  );
});
