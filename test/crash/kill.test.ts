import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { loadWorkspace } from "../../src/workspace/load.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { contentOf, makeTable, rowsOf } from "./lancedb-folder.ts";

const seed = Number(process.env["SNAPFORM_SEED"] ?? Date.now() % 1_000_000);
console.info(`SNAPFORM_SEED=${seed}`);
const KILL_COUNT = Number(process.env["SNAPFORM_KILLS"] ?? 6);
const TABLES = ["docs", "mail", "notes"] as const;

const policy = `version: 1
project: project
state: { path: ./state }
clusters: { local: { engine: lancedb, uri: ./data } }
repositories: { vault: { type: filesystem, path: ./vault } }
policies:
  nightly:
    cluster: local
    collections: ["docs", "mail", "notes"]
    schedule: { cron: "0 2 * * *" }
    retention: { last: 2 }
    repository: vault
`;
const restores = `restores:
${TABLES.map(
  (name) =>
    `  ${name}: { from: { policy: nightly, collection: ${name}, at: latest },` +
    ` to: { cluster: local, collection: ${name}-again } }\n`,
).join("")}`;

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "snapform-kill-"));
  for (const name of TABLES) await makeTable(join(root, "data"), name, rowsOf(1500, 0, 256));
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  for (const name of ["state", "vault"]) await forget(name);
  for (const name of TABLES) await forget(join("data", `${name}-again.lance`));
});

function forget(path: string): Promise<void> {
  return rm(join(root, path), { recursive: true, force: true });
}

/** The real command; null when it was killed first. */
async function apply(killAfterMs: number | null): Promise<number | null> {
  const program = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const child = spawn(process.execPath, [program, "apply", "--yes"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => said.push(chunk));
  }
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  if (killAfterMs !== null) {
    await Promise.race([exited, systemClock.sleep(killAfterMs)]);
    child.kill("SIGKILL");
  }
  const [status, signal] = await exited;
  // The exit status of anything but success is only worth reading with its words.
  if (signal === null && status !== 0 && status !== 11) {
    throw new Error(`exit ${status}: ${Buffer.concat(said).toString("utf8")}`);
  }
  return signal === null ? status : null;
}

async function look<T>(work: (workspace: Workspace) => Promise<T>): Promise<T> {
  const { workspace, diagnostics } = await loadWorkspace({
    files: ["snapform.yaml"],
    directory: root,
    env: {},
    clock: systemClock,
    signal: new AbortController().signal,
  });
  if (!workspace) throw new Error(JSON.stringify(diagnostics));
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

/** Everything is made once, whole, known to the state, and nothing is left of the dead. */
async function expectWhole(): Promise<void> {
  await look(async (workspace) => {
    const { snapshots, clusters } = await workspace.observe();
    const state = await workspace.readState();
    expect(snapshots.map(({ collection }) => collection).sort()).toEqual([...TABLES]);
    expect(Object.keys(state?.snapshots ?? {}).sort()).toEqual(
      snapshots.map(({ id }) => id).sort(),
    );
    expect(state?.intents).toEqual({});
    expect(await workspace.lockHolder()).toBeNull();
    const check = { readData: true, onProgress: () => undefined };
    expect((await workspace.repositoryCheck("vault", check)).damage).toEqual([]);
    expect(clusters[0]?.reachable).toBe(true);
  });
  expect(await readdir(join(root, "vault", "staging")).catch(() => [])).toEqual([]);
  const staging = await readdir(join(root, "data", ".snapform-staging")).catch(() => []);
  expect(staging.filter((name: string) => !name.endsWith(".json"))).toEqual([]);
}

/** Delays over the usual length of a run, a little before its start and after its end. */
function delays(usualMs: number): number[] {
  return Array.from({ length: KILL_COUNT }, (_, index) => {
    const jitter = (((seed + index * 7919) % 97) / 97) * (1 / KILL_COUNT);
    return Math.round(usualMs * (0.2 + 0.9 * (index / KILL_COUNT + jitter)));
  });
}

describe("the command, killed for real", () => {
  it("takes the same snapshots when it is simply started again", { timeout: 120_000 }, async () => {
    await writeFile(join(root, "snapform.yaml"), policy);
    const startedMs = systemClock.monotonicMs();
    expect(await apply(null)).toBe(0);
    const usualMs = systemClock.monotonicMs() - startedMs;
    await expectWhole();
    let killedCount = 0;
    for (const delayMs of delays(usualMs)) {
      for (const name of ["state", "vault"]) await forget(name);
      if ((await apply(delayMs)) === null) killedCount += 1;
      expect(await apply(null), `killed after ${delayMs} ms`).toBe(0);
      await expectWhole();
    }
    console.info(
      `${killedCount} of ${KILL_COUNT} snapshot runs (${Math.round(usualMs)} ms) killed`,
    );
    expect(killedCount).toBeGreaterThan(0);
  });

  it("restores the same tables when it is simply started again", { timeout: 120_000 }, async () => {
    await writeFile(join(root, "snapform.yaml"), policy);
    expect(await apply(null)).toBe(0);
    await writeFile(join(root, "snapform.yaml"), policy + restores);
    const wanted = await contentOf(join(root, "data"), "docs");
    const startedMs = systemClock.monotonicMs();
    expect(await apply(null)).toBe(0);
    const usualMs = systemClock.monotonicMs() - startedMs;
    let killedCount = 0;
    for (const delayMs of delays(usualMs)) {
      await forgetRestores();
      if ((await apply(delayMs)) === null) killedCount += 1;
      expect(await apply(null), `killed after ${delayMs} ms`).toBe(0);
      for (const name of TABLES) {
        expect(await contentOf(join(root, "data"), `${name}-again`)).toBe(wanted);
      }
      await expectWhole();
    }
    console.info(`${killedCount} of ${KILL_COUNT} restore runs (${Math.round(usualMs)} ms) killed`);
    expect(killedCount).toBeGreaterThan(0);
  });

  it("takes turns with another one: both are done, or one is told of the lock", async () => {
    await writeFile(join(root, "snapform.yaml"), policy);
    const statuses = await Promise.all([apply(null), apply(null), apply(null)]);
    expect(statuses).toContain(0);
    expect(statuses.filter((status) => status !== 0 && status !== 11)).toEqual([]);
    await expectWhole();
  });
});

/** As if the restores had never been asked for. */
async function forgetRestores(): Promise<void> {
  for (const name of TABLES) {
    await forget(join("data", `${name}-again.lance`));
    await look((workspace) => workspace.stateRemove(`restore.${name}`, 0));
  }
}
