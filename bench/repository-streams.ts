// Streams into and out of a filesystem repository, as ratios to curl with the same file and the
// same server, in turns: `curl -o` (which neither hashes nor syncs) to a snapshot of 1 and of 3 parts
// that is verified and durable (want at most 1.25 x), `curl -T` to reading a part out into a PUT
// (want at most 1.25 x), and by how much the memory of this process grows over idle (want at most
// 64 MiB). SIZE_MB, RUNS and HASH change the size, the number of runs and the repository's hash.
//
//   node bench/repository-streams.ts

import { spawn } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { request } from "undici";
import { systemClock } from "../src/clock/system-clock.ts";
import type { CapturedPart, SourceFile } from "../src/engine/driver.ts";
import { openFilesystemRepository } from "../src/repository/filesystem/index.ts";
import type { Repository } from "../src/repository/repository.ts";
import { requestOf } from "../src/testing/repository/harness.ts";
import type { HashName } from "../src/snapshot/manifest.ts";
import { curl, ratioLine, timedOn } from "./against-curl.ts";
import { median } from "./median.ts";

const sizeMb = Number(process.env["SIZE_MB"] ?? 2048);
const runs = Number(process.env["RUNS"] ?? 5);
const hash = (process.env["HASH"] ?? "sha256") as HashName;
const size = sizeMb * 1024 * 1024;
const root = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "snapform-bench-"));
const served = join(root, "served");
const vault = join(root, "vault");

let maxRss = 0;
const look = (): void => void (maxRss = Math.max(maxRss, process.memoryUsage.rss()));
const context = { signal: new AbortController().signal, progress: look };

function makeServed(): string {
  const block = Buffer.alloc(1024 * 1024);
  const hasher = createHash("sha256");
  const fd = openSync(served, "w");
  for (let mb = 0; mb < sizeMb; mb += 1) {
    hasher.update(randomFillSync(block));
    writeSync(fd, block);
  }
  closeSync(fd);
  return hasher.digest("hex");
}

function sourceFile(url: string, sha256: string): SourceFile {
  const open = async (offset: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> => {
    const range = offset > 0 ? { range: `bytes=${offset}-` } : {};
    return (await request(url, { headers: range, signal })).body;
  };
  return { path: "a.snapshot", size, sha256, open };
}

function openVault(): Promise<Repository> {
  const rest = { undoMs: 0, clock: systemClock, expectedId: null, create: true };
  return openFilesystemRepository({ name: "vault", path: vault, hash, ...rest });
}

const timed = (work: () => Promise<unknown>): Promise<number> => timedOn(root, work);

function say(name: string, ours: readonly number[], curls: readonly number[]): void {
  const rate = Math.round(sizeMb / (median(ours) / 1000));
  console.log(`${ratioLine(name, ours, curls)}, ${rate} MiB/s each`);
}

async function download(url: string, sha256: string, width: number): Promise<void> {
  const names = Array.from({ length: width }, (_one, index) => `node-${index}`);
  const [ours, curls]: [number[], number[]] = [[], []];
  for (let run = 0; run <= runs; run += 1) {
    const curlMs = await timed(() =>
      Promise.all(names.map((name) => curl(["-o", join(root, name), url]))),
    );
    for (const name of names) rmSync(join(root, name));
    const repository = await openVault();
    const parts = names.map((name): CapturedPart => ({
      name,
      files: [sourceFile(url, sha256)],
      details: null,
    }));
    const { draft } = requestOf(`s${width}-${run}`, []);
    const oursMs = await timed(() => repository.write({ draft, parts }, context));
    await repository.close();
    rmSync(vault, { recursive: true });
    if (run === 0) continue;
    curls.push(curlMs);
    ours.push(oursMs);
  }
  say(`download, ${width} part${width > 1 ? "s" : ""}`, ours, curls);
}

async function upload(url: string, sha256: string): Promise<void> {
  const repository = await openVault();
  const { draft, parts } = requestOf("s", [sourceFile(url, sha256)]);
  const { cluster, collection, id } = await repository.write({ draft, parts }, context);
  const reader = await repository.reader({ cluster, collection, id });
  const file = reader.manifest.parts[0]?.files[0];
  if (file === undefined) throw new Error("there is no file");
  const send = async (): Promise<void> => {
    async function* watched(): AsyncGenerator<Uint8Array> {
      if (file === undefined) return;
      for await (const piece of await reader.open(file, context.signal)) {
        look();
        yield piece;
      }
    }
    const headers = { "content-length": `${size}` };
    const { body } = await request(url, { method: "PUT", headers, body: Readable.from(watched()) });
    if (Number(await body.text()) !== size) throw new Error("not all of it arrived");
  };
  const [ours, curls]: [number[], number[]] = [[], []];
  for (let run = 0; run <= runs; run += 1) {
    const curlMs = await timed(() => curl(["-H", "Expect:", "-T", served, url]));
    const oursMs = await timed(send);
    if (run === 0) continue;
    curls.push(curlMs);
    ours.push(oursMs);
  }
  say("upload", ours, curls);
  await repository.close();
}

function sayMemory(name: string, idle: number): void {
  const mb = (maxRss - idle) / 1024 / 1024;
  console.log(`  memory over idle ${mb.toFixed(0)} MiB after ${name}`);
}

const sha256 = makeServed();
const server = spawn(
  process.execPath,
  [join(import.meta.dirname, "repository-streams", "server.ts"), served],
  {
    stdio: ["ignore", "pipe", "inherit"],
  },
);
try {
  const port = await new Promise<string>((resolve) => {
    server.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
  });
  const url = `http://127.0.0.1:${port}/`;
  await (await openVault()).close();
  rmSync(vault, { recursive: true });
  const idle = process.memoryUsage.rss();
  console.log(`${sizeMb} MiB per part, ${hash}, median of ${runs} [smallest..largest]`);
  await download(url, sha256, 1);
  sayMemory("1 part", idle);
  await download(url, sha256, 3);
  sayMemory("3 parts", idle);
  await upload(url, sha256);
  sayMemory("the upload", idle);
} finally {
  server.kill();
  rmSync(root, { recursive: true, force: true });
}
