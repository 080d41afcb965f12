import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DAY_MS, idleContext } from "../../../src/testing/repository/harness.ts";
import { FolderHarness } from "./harness.ts";

const script = join(import.meta.dirname, "writer.ts");

let harness: FolderHarness;
beforeEach(async () => {
  harness = await FolderHarness.make();
});
afterEach(() => harness.close());

interface Process {
  readonly lines: string[];
  readonly ended: Promise<string>;
  kill(): void;
}

async function start(mode: string, name: string, count: number): Promise<Process> {
  const folder = await harness.folder();
  const child = spawn(process.execPath, [script, harness.path, folder, mode, name, `${count}`]);
  const lines: string[] = [];
  let errors = "";
  child.stdout.on("data", (text: Buffer) => lines.push(...text.toString().trim().split("\n")));
  child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
  const ended = new Promise<string>((resolve) => {
    child.on("close", (code, signal) => resolve(code === 0 ? "done" : (signal ?? errors)));
  });
  return { lines, ended, kill: () => void child.kill("SIGKILL") };
}

async function expectWhole(ids: readonly string[]): Promise<void> {
  const repository = await harness.open();
  const { snapshots, damage } = await repository.list();
  expect(damage).toEqual([]);
  const listed = snapshots.map(({ manifest }) => manifest.id);
  expect(listed.toSorted()).toEqual(ids.toSorted());
  const check = await repository.check({ readData: true }, idleContext);
  expect(check.damage).toEqual([]);
}

const names = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_one, index) => `${name}${index}`);

test("two processes make one repository and write into it at once", async () => {
  const processes = [await start("write", "a", 10), await start("write", "b", 10)];
  for (const one of processes) expect(await one.ended).toBe("done");
  await expectWhole([...names("a", 10), ...names("b", 10)]);
  expect(await harness.objectCount()).toBe(20 + 5 + 3);
});

test("a process that sweeps takes nothing from one that writes", async () => {
  await harness.open();
  const writer = await start("write", "w", 40);
  const sweeper = await start("sweep", "", 120);
  expect(await writer.ended).toBe("done");
  expect(await sweeper.ended).toBe("done");
  const removed = sweeper.lines.map((line) => Number(line.split(" ")[1]));
  // The canary: without the second look, these would have been taken.
  console.info(`objects removed meanwhile: ${removed.reduce((sum, one) => sum + one, 0)}`);
  await expectWhole(names("w", 40));
});

test("what a process that was killed has said is there, and the rest is swept", async () => {
  const writer = await start("write", "k", 1000);
  while (writer.lines.length < 5) await new Promise((resolve) => void setImmediate(resolve));
  writer.kill();
  expect(await writer.ended).toBe("SIGKILL");
  const repository = await harness.open();
  const { snapshots } = await repository.list();
  const listed = snapshots.map(({ manifest }) => manifest.id);
  expect(listed).toEqual(expect.arrayContaining(writer.lines.filter((line) => line !== "")));
  harness.clock.set(new Date(Date.now() + 2 * DAY_MS).toISOString());
  await repository.sweep(harness.now(), { dryRun: false }, idleContext.signal);
  expect(await harness.leftoverCount()).toBe(0);
  await expectWhole(listed);
  const { objectCount } = await repository.check({ readData: false }, idleContext);
  expect(await harness.objectCount()).toBe(objectCount);
});
