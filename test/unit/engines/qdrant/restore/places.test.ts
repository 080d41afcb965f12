import { expect, test } from "vitest";
import {
  contextOf,
  copyOut,
  Ledger,
  native,
  pointsFrom,
  requestOf,
  startCluster,
  take,
  type Cluster,
  type ClusterOptions,
} from "./cluster.ts";

const POINTS = pointsFrom(1, 60);

/** Restores a collection of one cluster into another one, through a repository. */
async function carry(
  from: ClusterOptions,
  to: ClusterOptions,
  config: object,
  look: (target: Cluster) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await using source = await startCluster(from);
  await using target = await startCluster(to);
  await source.create("docs", POINTS, config);
  const reader = await copyOut(source, await take(source, "docs"));
  const kind = { kind: "repository", reader } as const;
  const result = await target.driver.restore(
    requestOf(target, kind, "docs", new Ledger()),
    contextOf(),
  );
  expect(await target.read("docs")).toEqual(POINTS);
  expect(result.check.limitation).toBeNull();
  expect(result.copiedBytes).toBeGreaterThan(0);
  expect(await target.leftovers()).toEqual([]);
  await look(target);
}

test("a snapshot is restored into another cluster of as many nodes", async () => {
  await carry({ nodes: 3 }, { nodes: 3 }, { shard_number: 4 });
});

test("a snapshot is restored into a cluster of more nodes", async () => {
  await carry({ nodes: 2 }, { nodes: 4 }, { shard_number: 4 });
});

test("a snapshot is restored into a cluster of fewer nodes, which take several parts", async () => {
  await carry({ nodes: 4 }, { nodes: 2 }, { shard_number: 4 });
});

test("a snapshot of a lone server is restored into a cluster", async () => {
  await carry({ nodes: 1 }, { nodes: 3 }, { shard_number: 3 });
});

test("a snapshot of a lone server is restored into another lone server", async () => {
  await carry({ nodes: 1 }, { nodes: 1 }, { shard_number: 2 });
});

test("every replica holds the restored points where there are two of each shard", async () => {
  const config = { shard_number: 3, replication_factor: 2 };
  await carry({ nodes: 3 }, { nodes: 3 }, config, async (target) => {
    const { fake } = target;
    for (const away of fake.nodes) {
      await away.stop();
      expect(fake.points("docs")).toHaveLength(POINTS.length);
      await away.start();
    }
    const replicas = await Promise.all(
      fake.nodes.map((_node, index) =>
        target.rest("GET", "/collections/docs/cluster", undefined, index),
      ),
    );
    const seen = replicas as { readonly local_shards: readonly { readonly state: string }[] }[];
    const states = seen.flatMap(({ local_shards: local }) => local.map(({ state }) => state));
    expect(states).toEqual(Array.from({ length: 6 }, () => "Active"));
  });
});

test("a cluster that keeps snapshots in an object store takes them, and tells what stays", async () => {
  await using cluster = await startCluster({ storage: "s3" });
  await cluster.create("docs", POINTS);
  const source = native(await take(cluster, "docs"));
  const request = requestOf(cluster, source, "again", new Ledger());
  const { check } = await cluster.driver.restore(request, contextOf());
  expect(await cluster.read("again")).toEqual(POINTS);
  expect(check.findings.join(" ")).toContain("can only be deleted by hand");
});

test("the collection is made with the whole configuration and the payload indexes", async () => {
  await using cluster = await startCluster();
  const config = {
    shard_number: 2,
    hnsw_config: { m: 32 },
    optimizers_config: { default_segment_number: 5 },
    on_disk_payload: false,
  };
  await cluster.create("docs", POINTS, config);
  const index = { field_name: "text", field_schema: { type: "keyword", is_tenant: true } };
  await cluster.rest("PUT", "/collections/docs/index?wait=true", index);
  const source = native(await take(cluster, "docs"));
  await cluster.driver.restore(requestOf(cluster, source, "again", new Ledger()), contextOf());
  const [wanted, actual] = (await Promise.all(
    ["docs", "again"].map((name) => cluster.rest("GET", `/collections/${name}`)),
  )) as { config: unknown; payload_schema: unknown }[];
  expect(actual?.config).toEqual(wanted?.config);
  expect(actual?.payload_schema).toEqual(wanted?.payload_schema);
});

test("a name with spaces and signs is restored like any other", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", POINTS);
  const source = native(await take(cluster, "docs"));
  const target = "Wörter & mehr 100%";
  await cluster.driver.restore(requestOf(cluster, source, target, new Ledger()), contextOf());
  expect(await cluster.read(encodeURIComponent(target))).toEqual(POINTS);
});
