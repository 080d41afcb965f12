import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { openLocalStateStore } from "../../../src/state/local/local-state-store.ts";

const signal = new AbortController().signal;
let root = "";
let children: ChildProcess[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "snapform-appliers-"));
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  await rm(root, { recursive: true, force: true });
});

interface Applier {
  readonly child: ChildProcess;
  readonly lines: string[];
  said(word: string): Promise<string>;
  readonly ended: Promise<unknown>;
}

function start(name: string, mode: string, count = 1): Applier {
  const program = fileURLToPath(new URL("./applier.ts", import.meta.url));
  const child = spawn(process.execPath, [program, root, name, mode, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const ended = Promise.all([once(reader, "close"), once(child, "exit")]);
  reader.on("line", (line) => lines.push(line));
  const said = async (word: string): Promise<string> => {
    for (;;) {
      const line = lines.find((one) => one.startsWith(`${word} `));
      if (line !== undefined) return line.slice(word.length + 1);
      if (child.exitCode !== null) throw new Error(`ended without ${word}: ${lines.join()}`);
      await systemClock.sleep(5);
    }
  };
  return { child, lines, said, ended };
}

const numbers = (appliers: readonly Applier[], word: string): number[] =>
  appliers
    .flatMap(({ lines }) => lines.filter((line) => line.startsWith(`${word} `)))
    .map((line) => Number(line.slice(word.length + 1)));

describe("two processes on one state", () => {
  it("take turns: every count happens once and every fencing number is used once", async () => {
    const appliers = [
      start("one", "wait", 10),
      start("two", "wait", 10),
      start("three", "wait", 5),
    ];
    await Promise.all(appliers.map(({ ended }) => ended));
    const counted = numbers(appliers, "counted").toSorted((a, b) => a - b);
    expect(counted).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    const fences = numbers(appliers, "fence");
    expect(new Set(fences).size).toBe(25);
    for (const applier of appliers) {
      const own = numbers([applier], "fence");
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
    const store = openLocalStateStore({ path: root, clock: systemClock });
    expect((await store.read())?.repositories["counter"]?.id).toBe("25");
    expect(await store.holder()).toBeNull();
  });

  it("the second is told who holds the lock", async () => {
    const holder = start("one", "hold");
    await holder.said("counted");
    const store = openLocalStateStore({ path: root, clock: systemClock });
    const second = store.lock({ operation: "apply", timeoutMs: 0, signal });
    await expect(second).rejects.toMatchObject({ code: "locked" });
    await expect(second).rejects.toThrow(`process ${holder.child.pid}`);
    expect(await start("two", "once").said("failed")).toBe("locked");
  });

  it("a killed holder is taken over at once, with all that it had appended", async () => {
    const holder = start("one", "hold");
    const fence = Number(await holder.said("fence"));
    await holder.said("counted");
    holder.child.kill("SIGKILL");
    await holder.ended;
    const store = openLocalStateStore({ path: root, clock: systemClock });
    const lock = await store.lock({ operation: "apply", timeoutMs: 0, signal });
    expect(lock.owner.fence).toBe(fence + 1);
    expect(lock.state?.repositories["counter"]?.id).toBe("1");
    await lock.release();
  });

  it("only one of several takes over from a killed holder", async () => {
    const holder = start("one", "hold");
    await holder.said("counted");
    holder.child.kill("SIGKILL");
    await holder.ended;
    const appliers = ["two", "three", "four"].map((name) => start(name, "wait", 4));
    await Promise.all(appliers.map(({ ended }) => ended));
    const counted = numbers(appliers, "counted").toSorted((a, b) => a - b);
    expect(counted).toEqual(Array.from({ length: 12 }, (_, index) => index + 2));
  });

  it("readers see a whole state while a writer writes", async () => {
    const writer = start("one", "wait", 30);
    const store = openLocalStateStore({ path: root, clock: systemClock });
    let last = 0;
    let readCount = 0;
    while (writer.child.exitCode === null) {
      const value = Number((await store.read())?.repositories["counter"]?.id ?? 0);
      expect(value).toBeGreaterThanOrEqual(last);
      last = value;
      readCount += 1;
    }
    expect(readCount).toBeGreaterThan(10);
    expect(numbers([writer], "counted").at(-1)).toBe(30);
  });
});
