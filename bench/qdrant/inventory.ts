import { planConfig } from "../../src/plan/plan-config.ts";
import type { DesiredPolicy } from "../../src/desired/desired.ts";
import type { SnapshotRecord } from "../../src/ledger/state.ts";
import { openQdrantDriver } from "../../src/engines/qdrant/driver.ts";
import { formatKey } from "../../src/engines/qdrant/snapshot-key.ts";
import { QDRANT_CAPABILITIES } from "../../src/engines/qdrant/capabilities.ts";
import { systemClock } from "../../src/clock/system-clock.ts";
import { observe } from "../../src/workspace/observe.ts";
import * as build from "../../test/unit/plan/build.ts";
import { startServers, type Servers } from "./start-servers.ts";

const snapshotCount = 10;
const now = new Date("2026-11-11T01:00:00Z");

/** Looks at collections x 3 nodes x 10 snapshots and plans; says what was asked, and how long. */
export async function measureInventory(collectionCount: number, runs: number): Promise<void> {
  const order = { nodes: 3, collections: collectionCount, snapshots: snapshotCount };
  const servers = await startServers(order);
  const driver = openQdrantDriver({
    cluster: "prod",
    nodes: servers.urls.map((url) => ({ url, apiKey: null })),
    apiKey: null,
    token: null,
    ca: null,
    timeoutMs: null,
    concurrency: null,
    clock: systemClock,
  });
  const names = Array.from({ length: collectionCount }, (_, index) => `docs-${index}`);
  const records = names.flatMap((name) => recordsOf(name, servers.peerIds));
  const state = { ...build.ledger(), snapshots: Object.fromEntries(records) };
  const desired = build.desire({
    policies: [policyOf()],
    clusters: [{ ...build.desire().clusters[0], name: "prod", engine: "qdrant" }] as never,
    repositories: [],
  });
  const resources = {
    engine: () => Promise.resolve(driver),
    capabilities: () => QDRANT_CAPABILITIES,
  } as never;
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const [looks, plans]: [number[], number[]] = [[], []];
  let asked = "";
  for (let run = 0; run < runs; run += 1) {
    const before = (await servers.requests()).length;
    const startedAt = performance.now();
    const inventory = await observe({ desired, state, resources, context, at: now });
    const seenAt = performance.now();
    const plan = planConfig(desired, inventory, state, now);
    plans.push(performance.now() - seenAt);
    looks.push(seenAt - startedAt);
    const kept = plan.keeps.length;
    asked = await tally(servers, before);
    const made = plan.actions.length;
    asked += `; ${inventory.snapshots.length} snapshots, ${kept} keeps, ${made} actions`;
  }
  console.log(`  ${collectionCount} collections x 3 nodes x ${snapshotCount} snapshots: ${asked}`);
  console.log(`  looking ${ms(looks)}, planning ${ms(plans)} (want at most 200 ms)`);
  await driver.close();
  await servers.close();
}

async function tally(servers: Servers, before: number): Promise<string> {
  const requests = (await servers.requests()).slice(before);
  const listings = requests.filter(({ path }) => path.endsWith("/snapshots"));
  const perPlace = new Map<string, number>();
  for (const { node, path } of listings) {
    perPlace.set(`${node} ${path}`, (perPlace.get(`${node} ${path}`) ?? 0) + 1);
  }
  const most = Math.max(...perPlace.values());
  return (
    `${requests.length} requests, of them ${listings.length} listings, ` +
    `at most ${most} per node and collection`
  );
}

function recordsOf(collection: string, peerIds: readonly string[]): [string, SnapshotRecord][] {
  return Array.from({ length: snapshotCount }, (_, night) => {
    const day = String(night + 1).padStart(2, "0");
    const startedAt = `2026-11-${day}T02:00:00.000Z`;
    const id = `${startedAt.replace(/[-:]|\.000/g, "")}-${collection}`;
    const time = `2026-11-${day}-02-00-00`;
    const key = formatKey(peerIds.map((peerId) => ({ peerId, time })));
    const record: SnapshotRecord = {
      id,
      cluster: "prod",
      collection,
      clusterIdentity: null,
      address: "policy.nightly",
      scheduledFor: startedAt,
      startedAt,
      adoptedAt: null,
      description: null,
      keepUntil: null,
      native: { key, details: null },
      pinned: false,
    };
    return [id, record];
  });
}

function policyOf(): DesiredPolicy {
  return {
    ...build.policy({ name: "nightly", collections: ["*"] }),
    repository: null,
    retention: { keepAll: false, rules: { last: snapshotCount }, minKeep: 1 },
  } as DesiredPolicy;
}

function ms(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${(sorted[sorted.length >> 1] ?? NaN).toFixed(0)} ms (best ${sorted[0]?.toFixed(0)})`;
}
