import { cp, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { describe, expect, test } from "vitest";

import { realFs, type LancedbFs } from "../../../../src/engines/lancedb/fs.ts";
import {
  loadInstalledNative,
  type LoadNative,
  type NativeTable,
} from "../../../../src/engines/lancedb/native.ts";
import {
  copySnapshot,
  driverOf,
  identityOf,
  makeTable,
  newFolder,
  openTable,
  quietContext,
  requestOf,
  restore,
  scanCount,
  type CopiedSnapshot,
} from "./support.ts";

/** No power cuts here, only deaths: syncing, the slow part, changes nothing that they could see. */
const unsynced: LancedbFs = {
  ...realFs,
  writeNew: (path, text) => writeFile(path, text, { flag: "wx" }),
  sync: () => Promise.resolve(),
};

/** A process that dies at its n-th change of the world, before or after that has happened. */
class Mortal {
  stepCount = 0;
  isDead = false;
  readonly #dieAt: number;
  readonly #effect: "before" | "after";

  constructor(dieAt: number, effect: "before" | "after") {
    this.#dieAt = dieAt;
    this.#effect = effect;
  }

  async step<T>(act: () => Promise<T>): Promise<T> {
    if (this.isDead) throw new Error("the process is dead");
    this.stepCount += 1;
    const isLast = this.stepCount === this.#dieAt;
    if (isLast && this.#effect === "before") this.isDead = true;
    if (this.isDead) throw new Error("the process has died");
    const result = await act();
    if (isLast) this.isDead = true;
    if (this.isDead) throw new Error("the process has died");
    return result;
  }

  fs(): LancedbFs {
    const mortal =
      (act: (...args: string[]) => Promise<void>) =>
      (...args: string[]): Promise<void> =>
        this.step(() => act(...args));
    const entries = Object.entries(unsynced).map(([name, act]) => [name, mortal(act)]);
    return Object.fromEntries(entries) as unknown as LancedbFs;
  }

  /** The native restore() is a change of the world as well. */
  native(): LoadNative {
    return async () => {
      const module = await loadInstalledNative();
      return {
        connect: async (uri) => {
          const connection = await module.connect(uri);
          return {
            close: () => connection.close(),
            openTable: async (name) => {
              const table = await connection.openTable(name);
              const original = table.restore.bind(table);
              const restore: NativeTable["restore"] = () => this.step(original);
              return Object.assign(table, { restore });
            },
          };
        },
      };
    };
  }

  /** Copying file by file may stop anywhere, too. */
  reader(snapshot: CopiedSnapshot): CopiedSnapshot {
    const reader: CopiedSnapshot["reader"] = {
      ...snapshot.reader,
      materialize: async (files, ...rest) => {
        let copiedBytes = 0;
        for (const file of files) {
          const copy = () => snapshot.reader.materialize([file], ...rest);
          copiedBytes += (await this.step(copy)).copiedBytes;
        }
        return { copiedBytes };
      },
    };
    return { ...snapshot, reader };
  }
}

interface World {
  readonly template: string;
  readonly snapshot: CopiedSnapshot;
}

type Procedure = "new" | "in-place" | "replace";

/** Rows of the snapshot: 300. Of the table before the restore: 7, or none at all. */
async function makeWorld(procedure: Procedure): Promise<World> {
  const root = await newFolder();
  const template = join(root, "template");
  const table = await makeTable(template);
  await table.createIndex("id");
  const snapshot = await copySnapshot(driverOf(template), join(root, "vault"));
  if (procedure === "in-place") {
    await table.delete("id >= 7");
    for (let round = 0; round < 2; round += 1) {
      await table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } else {
    await (await lancedb.connect(template)).dropTable("docs");
    if (procedure === "replace") await makeTable(template, "docs", 7);
  }
  return { template, snapshot };
}

async function rowsOf(uri: string): Promise<number | null> {
  const names = await (await lancedb.connect(uri)).tableNames();
  return names.includes("docs") ? scanCount(await openTable(uri)) : null;
}

/** One life that ends at `dieAt`, then a second one. Returns whether the first one came through. */
async function liveTwice(
  world: World,
  procedure: Procedure,
  dieAt: number,
  effect: "before" | "after",
): Promise<boolean> {
  const uri = join(await newFolder(), "data");
  await cp(world.template, uri, { recursive: true });
  const next = driverOf(uri, { fs: unsynced });
  const rowsBefore = procedure === "new" ? null : 7;
  const expectedIdentity = await identityOf(next);
  const request = { target: "docs", procedure, expectedIdentity, check: "count" } as const;

  // The copied folder is another one, and no manifest of the snapshot's time is left to prove it.
  const details = {
    ...(world.snapshot.manifest.details as object),
    datasetIdentity: expectedIdentity ?? "",
  };
  const manifest = { ...world.snapshot.manifest, details };
  const snapshot = { ...world.snapshot, reader: { ...world.snapshot.reader, manifest } };

  const mortal = new Mortal(dieAt, effect);
  const driver = driverOf(uri, { fs: mortal.fs(), loadNative: mortal.native() });
  const first = requestOf(mortal.reader(snapshot), request);
  const cameThrough = await restore(driver, first).then(
    () => true,
    () => false,
  );
  const place = `${procedure}, dying ${effect} step ${dieAt}`;
  const rows = await rowsOf(uri);
  const possible = procedure === "replace" ? [7, 300, null] : [rowsBefore, 300];
  expect(possible, `${place}: rows after the crash`).toContain(rows);

  const trace = await next.recoverRestore(
    { runId: "run-1", target: "docs", earlier: null },
    quietContext(),
  );
  const rowsAfter = await rowsOf(uri);
  const expected = trace.kind === "finished" ? 300 : rowsBefore;
  expect(rowsAfter, `${place}: rows after ${trace.kind}`).toBe(expected);
  if (trace.kind === "finished") expect(trace.targetIdentity).toBe(await identityOf(next));
  const second = requestOf(snapshot, request);
  const result = await restore(next, second);
  expect(await rowsOf(uri), place).toBe(300);
  expect(result.targetIdentity).toBe(await identityOf(next));
  expect(await readdir(join(uri, ".snapform-staging")), place).toEqual(["restore-run-1.json"]);
  const names = (await readdir(uri)).filter((name) => name.endsWith(".lance"));
  expect(names, place).toEqual(["docs.lance"]);
  return cameThrough;
}

describe("a restore whose process dies", () => {
  test.each(["new", "replace", "in-place"] as const)(
    "%s: at any step, it is whole or undone, and a second run converges",
    async (procedure) => {
      const world = await makeWorld(procedure);
      for (const effect of ["before", "after"] as const) {
        let steps = 0;
        for (let dieAt = 1; ; dieAt += 1) {
          if (await liveTwice(world, procedure, dieAt, effect)) break;
          steps = dieAt;
        }
        // A canary: the cuts are really made, and there are enough of them to mean something.
        expect(steps).toBeGreaterThan(12);
      }
    },
    180_000,
  );
});
