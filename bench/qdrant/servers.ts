// Fake Qdrant servers in a process of their own, so that nothing of theirs counts as the engine's.
// Argument: JSON with `nodes`, and either `padBytes` (of each snapshot of the collection `docs`) or
// `collections` and `snapshots` (files on every node). Sends its addresses, and the requests so far
// whenever it is asked for them.

import { startFakeQdrant } from "../../src/testing/qdrant/fake-qdrant.ts";

interface Order {
  readonly nodes: number;
  readonly padBytes?: number;
  readonly collections?: number;
  readonly snapshots?: number;
}

const order = JSON.parse(process.argv[2] ?? "{}") as Order;
const { nodes, padBytes = null, collections = 1, snapshots = 0 } = order;
const fake = await startFakeQdrant({ nodes });

async function put(path: string, body: unknown): Promise<void> {
  const response = await fetch(`${fake.urls[0]}${path}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`PUT ${path}: ${await response.text()}`);
}

function timeOf(night: number): string {
  return `2026-11-${String(night + 1).padStart(2, "0")}-02-00-00`;
}

for (let index = 0; index < collections; index += 1) {
  const name = collections === 1 ? "docs" : `docs-${index}`;
  const vectors = { size: 4, distance: "Dot" };
  await put(`/collections/${name}`, { vectors, shard_number: nodes });
  const points = Array.from({ length: 10 }, (_, id) => ({ id, vector: [id, 1, 0, 0] }));
  await put(`/collections/${name}/points?wait=true`, { points });
  for (let night = 0; night < snapshots; night += 1) {
    for (const node of fake.nodes) {
      await node.putFile(name, `${name}-${node.peerId}-${timeOf(night)}.snapshot`, "x");
    }
  }
}
fake.padSnapshots(padBytes, "random");

process.on("message", () => {
  process.send?.(fake.requests.map(({ node, method, path }) => ({ node, method, path })));
});
process.on("disconnect", () => void fake.close().then(() => process.exit()));
process.send?.({ urls: fake.urls, peerIds: fake.nodes.map((node) => node.peerId) });
