import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import type { Change } from "../../../src/ledger/change.ts";
import { emptyState } from "../../../src/ledger/state.ts";
import { openLocalStateStore } from "../../../src/state/local/local-state-store.ts";
import { systemProcesses } from "../../../src/state/local/process-identity.ts";
import type { StateFiles } from "../../../src/state/local/state-files.ts";
import type { StateLock, StateStore } from "../../../src/state/state-store.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryDisk } from "./memory-files.ts";

const folder = "/p/state";
const at = new Date("2026-01-01T00:00:00Z");
const { signal } = new AbortController();
const request = { operation: "apply", timeoutMs: 0, signal };
const seen = (name: string): Change => ({ type: "repository-seen", name, id: name });
const errno = (code: string): Error => Object.assign(new Error(`${code}: x`), { code });
const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

let disk: MemoryDisk;
let clock: ManualClock;
let store: StateStore;

beforeEach(() => {
  disk = new MemoryDisk();
  clock = new ManualClock();
  store = openLocalStateStore({ path: folder, clock, files: disk.mount() });
});

async function begun(where: StateStore = store): Promise<StateLock> {
  const lock = await where.lock(request);
  await lock.initialize(emptyState("l", "p", at.toISOString()));
  return lock;
}

const storeWith = (files: Partial<StateFiles>): StateStore =>
  openLocalStateStore({ path: folder, clock, files: { ...disk.mount(), ...files } });
const namesNow = async (): Promise<string[]> =>
  Object.keys((await store.read())?.repositories ?? {});

describe("a lock", () => {
  it("is lost when its file is removed by hand, and its number is not used again", async () => {
    const lock = await begun();
    disk.delete(`${folder}/lock-${lock.owner.fence}.json`);
    await expect(lock.append([seen("a")], at)).rejects.toMatchObject({ code: "locked" });
    const next = await store.lock(request);
    expect(next.owner.fence).toBe(lock.owner.fence + 1);
    await expect(lock.check()).rejects.toMatchObject({ code: "locked" });
    await next.release();
  });

  it("keeps its numbers above the journal's when every file of it is removed by hand", async () => {
    for (let round = 0; round < 3; round += 1) await (await store.lock(request)).release();
    const lock = await begun();
    await lock.append([seen("a")], at);
    await lock.release();
    disk.delete(`${folder}/fence-${lock.owner.fence}`);
    const next = await store.lock(request);
    expect(next.owner.fence).toBeGreaterThan(lock.owner.fence);
    await next.append([seen("b")], at);
    await next.release();
    expect(await namesNow()).toEqual(["a", "b"]);
  });

  it("is lost when the clock on the wall passes its end, as after a suspended machine", async () => {
    const lock = await begun();
    clock.jump(61_000);
    await expect(lock.append([seen("a")], at)).rejects.toThrow("was not renewed in time");
    clock.jump(-61_000);
    await expect(lock.append([seen("a")], at)).rejects.toThrow("was not renewed in time");
    expect(await namesNow()).toEqual([]);
  });

  it("does not renew itself when it slept through its lease", async () => {
    const lock = await begun();
    clock.advance(61_000);
    await setTimeout(5);
    await expect(lock.check()).rejects.toMatchObject({ code: "locked" });
  });

  it("writes no state when too little of its lease is left to be sure", async () => {
    const lock = await begun();
    const state = (await store.read())!;
    clock.jump(50_000);
    await lock.append([seen("a")], at);
    await expect(lock.write(state)).rejects.toMatchObject({ code: "locked" });
    expect((await store.read())?.serial).toBe(0);
  });

  it("fails closed when the disk cannot say whether it still stands", async () => {
    let isBroken = false;
    const lock = await begun(
      storeWith({
        list: (path) => (isBroken ? Promise.reject(errno("EIO")) : disk.mount().list(path)),
      }),
    );
    isBroken = true;
    await expect(lock.check()).rejects.toMatchObject({ code: "locked" });
    await expect(lock.append([seen("a")], at)).rejects.toMatchObject({ code: "locked" });
    isBroken = false;
    await lock.append([seen("b")], at);
    expect(await namesNow()).toEqual(["b"]);
    await lock.release();
  });

  it("that is damaged is an error with a way out, not a free lock", async () => {
    const lock = await begun();
    disk.put(`${folder}/lock-${lock.owner.fence}.json`, new Uint8Array([0x7b]));
    await expect(store.holder()).rejects.toMatchObject({ code: "corrupt" });
    await expect(store.lock(request)).rejects.toMatchObject({
      code: "corrupt",
      hint: expect.stringContaining(`remove ${folder}/lock-1.json`),
    });
  });

  it("of a process on another host waits for its lease although no such process runs here", async () => {
    const elsewhere = openLocalStateStore({
      path: folder,
      clock,
      files: disk.mount(),
      processes: {
        self: () =>
          Promise.resolve({ host: "elsewhere", bootId: "b", pid: 999_999_999, processStart: "" }),
        isDead: () => Promise.resolve(false),
      },
    });
    await begun(elsewhere);
    await expect(store.lock(request)).rejects.toMatchObject({ code: "locked" });
  });

  it("of this host and boot is free when the process is dead or its number was given anew", async () => {
    const processes = systemProcesses(systemClock);
    const self = await processes.self();
    expect(await processes.isDead(self)).toBe(false);
    expect(await processes.isDead({ ...self, pid: 999_999_999 })).toBe(true);
    expect(await processes.isDead({ ...self, pid: 999_999_999, bootId: "other" })).toBe(false);
    expect(await processes.isDead({ ...self, pid: 999_999_999, host: "other" })).toBe(false);
    if (self.processStart === "") return;
    expect(await processes.isDead({ ...self, processStart: "1" })).toBe(true);
  });
});

describe("a journal", () => {
  it("goes on after a full disk, without what was torn", async () => {
    let left = Infinity;
    const real = disk.mount();
    const lock = await begun(
      storeWith({
        async openJournal(path) {
          const file = await real.openJournal(path);
          return {
            ...file,
            async append(bytes) {
              const part = bytes.subarray(0, left);
              await file.append(part);
              if (part.length < bytes.length) throw errno("ENOSPC");
            },
          };
        },
      }),
    );
    await lock.append([seen("a")], at);
    left = 40;
    await expect(lock.append([seen("b")], at)).rejects.toMatchObject({
      code: "resource-exhausted",
      message: `cannot use the state in ${folder}: no space left on the disk`,
    });
    expect(await namesNow()).toEqual(["a"]);
    left = Infinity;
    const [entry] = await lock.append([seen("c")], at);
    expect(entry?.seq).toBe(2);
    await lock.release();
    expect(await namesNow()).toEqual(["a", "c"]);
  });

  it("is given up after a failed sync: what was written is unknown", async () => {
    let isBroken = false;
    const real = disk.mount();
    const lock = await begun(
      storeWith({
        async openJournal(path) {
          const file = await real.openJournal(path);
          return { ...file, sync: () => (isBroken ? Promise.reject(errno("EIO")) : file.sync()) };
        },
      }),
    );
    isBroken = true;
    const failure = { code: "unavailable", outcomeUnknown: true };
    await expect(lock.append([seen("a")], at)).rejects.toMatchObject(failure);
    isBroken = false;
    await expect(lock.append([seen("b")], at)).rejects.toMatchObject(failure);
    await lock.release();
  });

  it("shares one sync among appends of the same time, and costs O(changes) bytes", async () => {
    const lock = await begun();
    const before = disk.log.length;
    await Promise.all(Array.from({ length: 100 }, (_, n) => lock.append([seen(`r${n}`)], at)));
    const done = disk.log.slice(before);
    expect(done.filter((step) => step.startsWith("sync ")).length).toBeLessThanOrEqual(2);
    expect(done.every((step) => /^(sync|append) /.test(step))).toBe(true);
    await lock.release();
  });
});

describe("a damaged state", () => {
  const damages: readonly (readonly [string, string, (text: string) => string])[] = [
    ["state.json cut off", "state.json", (text) => text.slice(0, -20)],
    ["state.json altered", "state.json", (text) => text.replace('"p"', '"q"')],
    ["state.json empty", "state.json", () => ""],
    ["the journal altered in the middle", "journal.ndjson", (text) => text.replace("r1", "x1")],
    ["a line of the journal missing", "journal.ndjson", (text) => text.replace(/^.*\n/, "")],
  ];

  it.each(damages)("(%s) is never overwritten, and the error says the way out", async (...row) => {
    const [, name, damage] = row;
    const lock = await begun();
    await lock.append([seen("r1")], at);
    await lock.append([seen("r2")], at);
    await lock.release();
    const path = `${folder}/${name}`;
    disk.put(path, new TextEncoder().encode(damage(decode(disk.files().get(path)))));
    const before = new Map([...disk.files()].filter(([file]) => !/fence|lock/.test(file)));
    const failure = {
      code: "corrupt",
      message: expect.stringContaining(path),
      hint: expect.stringContaining("snapform adopt --from-repository"),
    };
    await expect(store.read()).rejects.toMatchObject(failure);
    await expect(store.lock(request)).rejects.toMatchObject(failure);
    const after = new Map([...disk.files()].filter(([file]) => !/fence|lock/.test(file)));
    expect(after).toEqual(before);
    expect(await store.holder()).toBeNull();
  });

  it.each(["state.json", "journal.ndjson"])("(%s is missing) is not a new one", async (name) => {
    const lock = await begun();
    await lock.append([seen("r1")], at);
    await lock.release();
    disk.delete(`${folder}/${name}`);
    await expect(store.read()).rejects.toMatchObject({ code: "corrupt" });
    await expect(store.lock(request)).rejects.toMatchObject({ code: "corrupt" });
  });

  it("keeps the state before the last write as a backup", async () => {
    const lock = await begun();
    await lock.write((await store.read())!);
    await lock.write((await store.read())!);
    await lock.release();
    const serial = (name: string): unknown =>
      (JSON.parse(decode(disk.files().get(`${folder}/${name}`))) as { serial: number }).serial;
    expect([serial("state.backup.json"), serial("state.json")]).toEqual([1, 2]);
  });

  it("is not made by us: a state that could not be read again is not written", async () => {
    const lock = await begun();
    const state = { ...(await store.read())!, project: "" };
    await expect(lock.write(state)).rejects.toMatchObject({ code: "internal" });
    expect((await store.read())?.project).toBe("p");
    await lock.release();
  });
});

describe("a folder", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "snapform-folder-"));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  const open = (path: string): StateStore => openLocalStateStore({ path, clock: systemClock });

  it("is not made by reading", async () => {
    const path = join(root, "none");
    expect(await open(path).read()).toBeNull();
    expect(await open(path).holder()).toBeNull();
    expect(await readdir(root)).not.toContain("none");
  });

  it("that is a file, or below one, is refused in words", async () => {
    const path = join(root, "file");
    await writeFile(path, "");
    for (const place of [path, join(path, "below")]) {
      const failure = { code: "failed-precondition", hint: "Name a folder." };
      await expect(open(place).read()).rejects.toMatchObject(failure);
      await expect(open(place).lock(request)).rejects.toMatchObject(failure);
    }
  });

  it("without permission is refused in words", async () => {
    const files = { ...disk.mount(), makeFolder: () => Promise.reject(errno("EACCES")) };
    const closed = openLocalStateStore({ path: "/closed", clock, files });
    await expect(closed.lock(request)).rejects.toMatchObject({
      code: "permission-denied",
      message: "cannot use the state in /closed: no permission",
    });
  });

  it("holds these files and no others", async () => {
    const path = join(root, "state");
    const lock = await begun(open(path));
    await lock.append([seen("a")], at);
    expect((await readdir(path)).toSorted()).toEqual([
      "fence-1",
      "journal.ndjson",
      "lock-1.json",
      "state.json",
    ]);
    await lock.write((await open(path).read())!);
    await lock.release();
    expect((await readdir(path)).toSorted()).toEqual([
      "fence-1",
      "journal.ndjson",
      "state.backup.json",
      "state.json",
    ]);
    expect(await readFile(join(path, "journal.ndjson"), "utf8")).toBe("");
  });
});
