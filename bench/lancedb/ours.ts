// snapform's side of the LanceDB benchmark, in a process of its own so that its memory can be told:
// durable snapshots, an unchanged one, a full check, a restore to a new table and one in place.
// Prints one JSON line of medians in milliseconds.
//
//   node bench/lancedb/ours.ts DATABASE TABLE HASH SCRATCH

import { rmSync } from "node:fs";
import { join } from "node:path";
import type * as SystemClock from "../../src/clock/system-clock.ts";
import type * as Engines from "../../src/engine/engine.ts";
import type * as Lancedb from "../../src/engines/lancedb/driver.ts";
import type * as Hashers from "../../src/repository/filesystem/hasher.ts";
import type * as Repositories from "../../src/repository/filesystem/index.ts";
import type { Repository } from "../../src/repository/repository.ts";
import type { HashName, Manifest } from "../../src/snapshot/manifest.ts";
import { timed } from "./measure.ts";

// The built library, as a user runs it: stripping types would count as memory.
const load = (path: string): Promise<unknown> =>
  import(new URL(`../../dist/${path}.js`, import.meta.url).href);
const { systemClock } = (await load("clock/system-clock")) as typeof SystemClock;
const engines = (await load("engine/engine")) as typeof Engines;
const lancedb = (await load("engines/lancedb/driver")) as typeof Lancedb;
const hashers = (await load("repository/filesystem/hasher")) as typeof Hashers;
const repositories = (await load("repository/filesystem/index")) as typeof Repositories;

const [uri = "", collection = "", hashText, scratch = ""] = process.argv.slice(2);
const hash = hashText as HashName;
const context = { signal: new AbortController().signal, progress: (): void => undefined };
const owner = { project: "bench", lineage: "bench", address: "manual" };
const clock = systemClock;

function openTables(folder: string) {
  const driver = lancedb.openLancedbDriver({
    cluster: "bench",
    uri: folder,
    clock,
    startHash: hashers.createHasher,
  });
  return engines.openEngine(driver, { cluster: "bench", clock });
}

const engine = openTables(uri);
let count = 0;

async function snapshot(repository: Repository, previous: readonly Manifest[]): Promise<Manifest> {
  count += 1;
  const id = `20261121T000000Z-${count.toString(16).padStart(8, "0")}`;
  const capture = await engine.capture({ snapshotId: id, collection, previous }, context);
  try {
    const startedAt = clock.now().toISOString();
    const rest = { scheduledFor: null, description: null, keepUntil: null };
    const draft = {
      id,
      owner,
      cluster: "bench",
      collection,
      engine: "lancedb",
      startedAt,
      native: null,
      ...rest,
    };
    const request = { draft: { ...draft, ...capture.draft }, parts: capture.parts };
    return await repository.write(request, context);
  } finally {
    await capture.close();
  }
}

async function openVault(path: string): Promise<Repository> {
  const options = { name: "bench", path, hash, undoMs: 0, clock, expectedId: null, create: true };
  return repositories.openFilesystemRepository(options);
}

// A new repository for every run; its threads are started outside of what is measured only once,
// as they are in a command that makes several snapshots.
const vaults: Repository[] = [];
const path = (run: number): string => join(scratch, `vault-${run}`);
const snapshotMs = await timed(
  async (run) => {
    const vault = await openVault(path(run));
    vaults[run] = vault;
    await snapshot(vault, []);
  },
  async (run) => {
    await vaults[run]?.close();
    rmSync(path(run), { recursive: true });
  },
);

const vault = await openVault(join(scratch, "vault"));
const first = await snapshot(vault, []);
const unchangedMs = await timed(() => snapshot(vault, [first]));
const checkMs = await timed(() => vault.check({ readData: true }, context));

// Of no use to an engine without nodes.
const plain = { route: [], aliases: false, earlier: null, record: () => Promise.resolve() };

const target = join(scratch, "restored");
const restored = openTables(target);
const restoreMs = await timed(
  async (run) => {
    const key = { cluster: "bench", collection, id: first.id };
    await restored.restore(
      {
        runId: `run-${run}`,
        source: { kind: "repository", reader: await vault.reader(key) },
        target: collection,
        procedure: "new",
        expectedIdentity: null,
        check: "hashes",
        ...plain,
      },
      context,
    );
  },
  () => rmSync(target, { recursive: true }),
);

const peakBytes = process.resourceUsage().maxRSS * 1024;

const inPlaceMs = await timed(async (run) => {
  const [live] = (await engine.observe(context)).collections.filter((c) => c.name === collection);
  const key = { cluster: "bench", collection, id: first.id };
  await engine.restore(
    {
      runId: `in-place-${run}`,
      source: { kind: "repository", reader: await vault.reader(key) },
      target: collection,
      procedure: "in-place",
      expectedIdentity: live?.identity ?? null,
      check: "hashes",
      ...plain,
    },
    context,
  );
});
await vault.close();
await engine.close();
await restored.close();
const result = { snapshotMs, unchangedMs, checkMs, restoreMs, inPlaceMs, peakBytes };
console.log(JSON.stringify({ ...result, bytes: first.bytes }));
