// Qdrant: copying a snapshot's files from the nodes into the vault, verified and durable, to
// `curl -o` of the same files (want at most 1.25 x with one node; not slower with three in
// parallel), uploading one from the vault to `curl -F` of the same file (want at most 1.25 x), by
// how much the memory of this process grows over idle meanwhile (want at most 64 MiB); and looking
// at 1,000 collections on three nodes (want at most one listing per node and collection, and a plan
// on top within 200 ms). Runs alternate, ratios are of one run. The servers are fake ones in a
// process of their own. SIZE_MB, RUNS, COLLECTIONS and BENCH_DIR change size, number and place.
//
//   node bench/qdrant.ts

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/clock/system-clock.ts";
import type { EngineDriver, NativeSnapshot } from "../src/engine/driver.ts";
import { openNodeClient } from "../src/engines/qdrant/http/node-client.ts";
import { openQdrantDriver } from "../src/engines/qdrant/driver.ts";
import { openFilesystemRepository } from "../src/repository/filesystem/index.ts";
import type { Repository } from "../src/repository/repository.ts";
import { requestOf } from "../src/testing/repository/harness.ts";
import { curl, ratioLine, timedOn } from "./against-curl.ts";
import { measureInventory } from "./qdrant/inventory.ts";
import { startServers, type Servers } from "./qdrant/start-servers.ts";

const sizeMb = Number(process.env["SIZE_MB"] ?? 2048);
const runs = Number(process.env["RUNS"] ?? 5);
const collectionCount = Number(process.env["COLLECTIONS"] ?? 1000);
process.env["TMPDIR"] = process.env["BENCH_DIR"] ?? tmpdir();
const root = mkdtempSync(join(process.env["TMPDIR"], "snapform-bench-"));
const vault = join(root, "vault");

let maxRss = 0;
const look = (): void => void (maxRss = Math.max(maxRss, process.memoryUsage.rss()));
const context = { signal: new AbortController().signal, progress: look };

function openVault(): Promise<Repository> {
  const rest = { undoMs: 0, clock: systemClock, expectedId: null, create: true };
  return openFilesystemRepository({ name: "vault", path: vault, hash: "sha256", ...rest });
}

function driverOf({ urls }: Servers): EngineDriver {
  return openQdrantDriver({
    cluster: "prod",
    nodes: urls.map((url) => ({ url, apiKey: null })),
    apiKey: null,
    token: null,
    ca: null,
    timeoutMs: null,
    concurrency: null,
    clock: systemClock,
  });
}

async function snapshotOf(driver: EngineDriver): Promise<NativeSnapshot> {
  const request = { snapshotId: "s", collection: "docs", description: null, earlier: null };
  const made = await driver.createNative?.(
    { ...request, record: () => Promise.resolve() },
    context,
  );
  if (made === undefined) throw new Error("no snapshot was made");
  return made;
}

const timed = (work: () => Promise<unknown>): Promise<number> => timedOn(root, work);

function say(name: string, ours: readonly number[], curls: readonly number[]): void {
  console.log(ratioLine(name, ours, curls));
}

/** The files of a snapshot as curl would fetch them: address and name of each. */
function filesOf({ urls }: Servers, { parts }: NativeSnapshot): readonly [string, string][] {
  return parts.map(({ name, nativeName = "" }) => {
    const url = urls.find((each) => each.endsWith(name)) ?? "";
    return [`${url}/collections/docs/snapshots/${nativeName}`, nativeName];
  });
}

async function copyOut(servers: Servers): Promise<void> {
  const driver = driverOf(servers);
  const snapshot = await snapshotOf(driver);
  const files = filesOf(servers, snapshot);
  const [ours, curls]: [number[], number[]] = [[], []];
  for (let run = 0; run <= runs; run += 1) {
    const fetched = files.map(([url, name]) => [url, join(root, name)] as const);
    const curlMs = await timed(() =>
      Promise.all(fetched.map(([url, to]) => curl(["-o", to, url]))),
    );
    for (const [, to] of fetched) rmSync(to);
    const repository = await openVault();
    const oursMs = await timed(() => write(driver, repository, snapshot, `s${run}`));
    await repository.close();
    rmSync(vault, { recursive: true });
    if (run === 0) continue;
    curls.push(curlMs);
    ours.push(oursMs);
  }
  say(`copy from ${files.length} node${files.length > 1 ? "s" : ""}`, ours, curls);
  await driver.close();
}

async function write(
  driver: EngineDriver,
  repository: Repository,
  snapshot: NativeSnapshot,
  id: string,
): Promise<void> {
  const capture = await driver.readNative?.(snapshot, context);
  if (capture === undefined) throw new Error("the snapshot cannot be read");
  const { draft } = requestOf(id, []);
  await repository.write({ draft: { ...draft, ...capture.draft }, parts: capture.parts }, context);
  await capture.close();
}

async function upload(servers: Servers): Promise<void> {
  const [url = ""] = servers.urls;
  const driver = driverOf(servers);
  const snapshot = await snapshotOf(driver);
  const [first] = filesOf(servers, snapshot);
  if (first === undefined) throw new Error("there is no file");
  const [from, name] = first;
  const local = join(root, name);
  await curl(["-o", local, from]);
  const repository = await openVault();
  await write(driver, repository, snapshot, "s");
  const { cluster, collection } = requestOf("s", []).draft;
  const reader = await repository.reader({ cluster, collection, id: "s" });
  const file = reader.manifest.parts[0]?.files[0];
  if (file === undefined) throw new Error("there is no file");
  const client = openNodeClient({ name: "node", url, clock: systemClock });
  const query = { wait: "true", priority: "snapshot", checksum: file.hash };
  const to = `${url}/collections/docs/snapshots/upload?${new URLSearchParams(query).toString()}`;
  const send = (): Promise<unknown> =>
    client.upload({
      path: ["collections", "docs", "snapshots", "upload"],
      query,
      doing: "uploading",
      fileName: "bench.snapshot",
      size: file.size,
      body: async function* body(signal) {
        for await (const piece of await reader.open(file, signal)) {
          look();
          yield piece;
        }
      },
    });
  const [ours, curls]: [number[], number[]] = [[], []];
  for (let run = 0; run <= runs; run += 1) {
    const form = `snapshot=@${local};filename=bench.snapshot`;
    const curlMs = await timed(() => curl(["-H", "Expect:", "-F", form, to]));
    const oursMs = await timed(send);
    if (run === 0) continue;
    curls.push(curlMs);
    ours.push(oursMs);
  }
  say("upload to 1 node", ours, curls);
  for (const each of [client, repository, driver]) await each.close();
}

function sayMemory(name: string, idle: number): void {
  const mb = (maxRss - idle) / 1024 / 1024;
  console.log(`  memory over idle: ${mb.toFixed(0)} MiB after ${name} (want at most 64 MiB)`);
}

try {
  await (await openVault()).close();
  rmSync(vault, { recursive: true });
  const idle = process.memoryUsage.rss();
  console.log(`${sizeMb} MiB per node, sha256, median of ${runs} [smallest..largest]`);
  const padBytes = sizeMb * 1024 * 1024;
  const alone = await startServers({ nodes: 1, padBytes });
  await copyOut(alone);
  sayMemory("the copy", idle);
  await upload(alone);
  sayMemory("the upload", idle);
  await alone.close();
  rmSync(vault, { recursive: true, force: true });
  const three = await startServers({ nodes: 3, padBytes });
  await copyOut(three);
  sayMemory("the copy of 3", idle);
  await three.close();
  await measureInventory(collectionCount, Math.min(runs, 3));
} finally {
  rmSync(root, { recursive: true, force: true });
}
