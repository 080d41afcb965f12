import { access, chmod, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { describe, expect, test } from "vitest";

import { systemClock } from "../../../../src/clock/system-clock.ts";
import type { Capture, CaptureRequest, EngineDriver } from "../../../../src/engine/driver.ts";
import { realFs, type LancedbFs } from "../../../../src/engines/lancedb/fs.ts";
import { thisOwner } from "../../../../src/engines/lancedb/owner.ts";
import { copySnapshot, driverOf, makeRows, makeTable, newFolder, quietContext } from "./support.ts";

function capture(driver: EngineDriver, more: Partial<CaptureRequest> = {}): Promise<Capture> {
  const request = { snapshotId: "s-1", collection: "docs", previous: [], ...more };
  return (driver.capture as NonNullable<typeof driver.capture>)(request, quietContext());
}

function pathsOf(taken: Capture): string[] {
  return (taken.parts[0]?.files ?? []).map((file) => file.path);
}

async function bytesOf(taken: Capture, path: string, offset = 0): Promise<Buffer> {
  const file = taken.parts[0]?.files.find((each) => each.path === path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await file?.open(offset, new AbortController().signal)) ?? []) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A clock that does not wait. */
const hastyClock = { ...systemClock, sleep: () => Promise.resolve() };

describe("capturing a table", () => {
  test("holds exactly the files of the newest version, whatever happens to the table", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    await table.add(makeRows(300, 10));
    await table.delete("id = 3");
    await table.createIndex("id");
    const driver = driverOf(root);
    const taken = await capture(driver);
    const paths = pathsOf(taken);
    const kinds = Object.groupBy(paths, (path) => path.split("/")[0] ?? "");
    expect(Object.fromEntries(Object.entries(kinds).map(([k, v]) => [k, v?.length]))).toEqual({
      data: 2,
      _deletions: 1,
      _indices: 2,
      _transactions: 1,
      _versions: 1,
    });
    expect(taken.parts[0]?.details).toEqual({
      fileKinds: { data: 2, _deletions: 1, _indices: 2, _transactions: 1, _versions: 1 },
    });
    const path = paths.find((each) => each.startsWith("data/")) ?? "";
    const whole = await bytesOf(taken, path);
    await (await lancedb.connect(root)).dropTable("docs");
    expect(await bytesOf(taken, path)).toEqual(whole);
    expect(await bytesOf(taken, path, 100)).toEqual(whole.subarray(100));
    for (const file of taken.parts[0]?.files ?? []) await access(file.localPath ?? "");
    await taken.close();
    expect(await readdir(join(root, ".snapform-staging"))).toEqual([]);
    expect(taken.draft).toMatchObject({
      points: { before: 309, after: 309 },
      engineVersion: expect.stringMatching(/^lance /) as string,
      collectionIdentity: expect.stringMatching(/^dir-/) as string,
      details: {
        version: 4,
        format: "lance 2.2",
        indexes: [{ name: "id_idx", type: "BTreeIndexDetails", columns: ["id"] }],
      },
    });
    const { evidence } = taken.draft.details as { evidence: { version: number }[] };
    expect(evidence.map((each) => each.version)).toEqual([4, 3, 2, 1]);
  });

  test("needs a table", async () => {
    const root = await newFolder();
    await expect(capture(driverOf(root))).rejects.toMatchObject({ code: "not-found" });
    const nowhere = driverOf(join(root, "none"));
    await expect(capture(nowhere)).rejects.toMatchObject({ code: "not-found" });
  });

  test("vouches for files of earlier snapshots of the same table, never for manifests", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    const driver = driverOf(root);
    const first = await copySnapshot(driver, join(root, "vault"));
    await table.add(makeRows(300, 10));
    const known = async (previous: CaptureRequest["previous"]): Promise<string[]> => {
      const taken = await capture(driver, { previous });
      await taken.close();
      const files = taken.parts[0]?.files ?? [];
      return files.filter((file) => file.knownHash).map((file) => file.path);
    };
    const { manifest } = first;
    const files = manifest.parts[0]?.files ?? [];
    expect(await known([manifest])).toEqual(
      files.map((file) => file.path).filter((path) => path.startsWith("data/")),
    );
    expect(await known([{ ...manifest, collectionIdentity: "dir-other" }])).toEqual([]);
    const resized = files.map((file) => ({ ...file, size: file.size + 1 }));
    const parts = [{ name: "data", files: resized, details: null }];
    expect(await known([{ ...manifest, parts }])).toEqual([]);
    // A manifest of the same name and size may be of another table of that folder.
    await table.checkout(1);
    await table.restore();
    const same = await capture(driver, { previous: [manifest] });
    await same.close();
    const own = same.parts[0]?.files.filter((file) => !file.path.startsWith("data/")) ?? [];
    expect(own.every((file) => file.knownHash === undefined)).toBe(true);
  });

  test("does not vouch for a file that was written over since it was hashed", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const { manifest } = await copySnapshot(driver, join(root, "vault"));
    const [file] = manifest.parts[0]?.files.filter(({ path }) => path.startsWith("data/")) ?? [];
    const place = join(root, "docs.lance", file?.path ?? "");
    const bytes = await readFile(place);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(place, bytes);
    const taken = await capture(driver, { previous: [manifest] });
    await taken.close();
    const again = taken.parts[0]?.files.find(({ path }) => path === file?.path);
    expect(again?.size).toBe(file?.size);
    expect(again?.knownHash).toBeUndefined();
  });

  test("starts again with the newest version when a cleanup was faster", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    let raceCount = 0;
    const fs: LancedbFs = {
      ...realFs,
      async link(from, to) {
        if (from.endsWith(".lance") && raceCount++ < 2) {
          await table.update({ where: "true", values: { text: `changed ${raceCount}` } });
          await rm(from);
        }
        return realFs.link(from, to);
      },
    };
    const taken = await capture(driverOf(root, { fs, clock: hastyClock }));
    expect(raceCount).toBeGreaterThanOrEqual(3);
    expect((taken.draft.details as { version: number }).version).toBe(3);
    await taken.close();
    expect(await readdir(join(root, ".snapform-staging"))).toEqual([]);
  });

  test("gives up after a while, to be tried again later", async () => {
    const root = await newFolder();
    await makeTable(root);
    let attemptCount = 0;
    const fs: LancedbFs = {
      ...realFs,
      link(from, to) {
        if (!from.endsWith(".lance")) return realFs.link(from, to);
        attemptCount += 1;
        return Promise.reject(Object.assign(new Error("gone"), { code: "ENOENT" }));
      },
    };
    await expect(capture(driverOf(root, { fs, clock: hastyClock }))).rejects.toMatchObject({
      code: "aborted",
      retryable: true,
    });
    expect(attemptCount).toBeGreaterThan(5);
    expect(await readdir(join(root, ".snapform-staging"))).toEqual([]);
  });

  test.each(["EPERM", "EXDEV", "EMLINK", "ENOTSUP"])(
    "holds the files open where links are refused by %s",
    async (code) => {
      const root = await newFolder();
      await makeTable(root);
      const fs: LancedbFs = {
        ...realFs,
        link: () => Promise.reject(Object.assign(new Error("no link"), { code })),
      };
      const driver = driverOf(root, { fs });
      const taken = await capture(driver);
      expect(taken.parts[0]?.files.every((file) => file.localPath === undefined)).toBe(true);
      const path = pathsOf(taken).find((each) => each.startsWith("data/")) ?? "";
      const whole = await readFile(join(root, "docs.lance", path));
      await (await lancedb.connect(root)).dropTable("docs");
      expect(await bytesOf(taken, path)).toEqual(whole);
      expect(await bytesOf(taken, path, 7)).toEqual(whole.subarray(7));
      await taken.close();
      expect(await readdir(join(root, ".snapform-staging"))).toEqual([]);
    },
  );

  test("works where nothing may be written", async () => {
    const root = await newFolder();
    await makeTable(root);
    const fs: LancedbFs = {
      ...realFs,
      mkdir: () => Promise.reject(Object.assign(new Error("read only"), { code: "EROFS" })),
    };
    const taken = await capture(driverOf(root, { fs }));
    expect(pathsOf(taken).length).toBe(3);
    await taken.close();
    await expect(access(join(root, ".snapform-staging"))).rejects.toThrow();
  });

  test("names the file that is shorter than its manifest says", async () => {
    const root = await newFolder();
    await makeTable(root);
    const [data = ""] = await readdir(join(root, "docs.lance", "data"));
    await chmod(join(root, "docs.lance", "data", data), 0o644);
    await writeFile(join(root, "docs.lance", "data", data), "short");
    await expect(capture(driverOf(root))).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining(`data/${data}: it has 5 bytes`) as string,
    });
    expect(await readdir(join(root, ".snapform-staging"))).toEqual([]);
  });
});

describe("the sweep of staging", () => {
  async function stage(root: string, name: string, owner: object | null): Promise<string> {
    const folder = join(root, ".snapform-staging", name);
    await mkdir(join(folder, "files"), { recursive: true });
    if (owner !== null) await writeFile(join(folder, "owner.json"), JSON.stringify(owner));
    return folder;
  }

  test("removes what processes have left that are gone, and nothing that may be in use", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const running = await capture(driver);
    const me = await thisOwner();
    await stage(root, "dead", { ...me, processId: 2 ** 22 + 1 });
    await stage(root, "reused-id", { ...me, processStart: "1" });
    await stage(root, "other-boot", { ...me, bootId: "other pid:[1]" });
    await stage(root, "other-host", { ...me, host: `${hostname()}-2` });
    const old = await stage(root, "old", null);
    await stage(root, "restore-orphan", null);
    await stage(root, "young", null);
    const longAgo = new Date(Date.now() - 25 * 3600 * 1000);
    await utimes(old, longAgo, longAgo);
    await driver.sweep(quietContext());
    const left = await readdir(join(root, ".snapform-staging"));
    expect(left.filter((name) => !name.startsWith("s-1-")).toSorted()).toEqual([
      "other-host",
      "restore-orphan",
      "young",
    ]);
    expect(left.length).toBe(4);
    for (const file of running.parts[0]?.files ?? []) await access(file.localPath ?? "");
    await running.close();
    await driver.sweep(quietContext());
  });

  test("does nothing where there is nothing", async () => {
    const root = await newFolder();
    await driverOf(root).sweep(quietContext());
    await driverOf(join(root, "none")).sweep(quietContext());
    expect(await readdir(root)).toEqual([]);
  });
});
