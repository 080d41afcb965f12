import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  openFilesystemRepository,
  type FilesystemRepositoryOptions,
} from "../../../src/repository/filesystem/index.ts";
import type { Repository, SnapshotKey } from "../../../src/repository/repository.ts";
import type { HashName } from "../../../src/snapshot/manifest.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import type { RepositoryHarness } from "../../../src/testing/repository/harness.ts";

/** A filesystem repository below a temporary folder, with ways to damage it. */
export class FolderHarness implements RepositoryHarness {
  readonly clock: FakeClock = new FakeClock({ at: "2026-11-21T00:00:00Z", skipsSleep: true });
  readonly root: string;
  readonly path: string;
  readonly #hash: HashName;
  readonly #open: Repository[] = [];
  #folderCount = 0;

  private constructor(root: string, hash: HashName) {
    this.root = root;
    this.path = join(root, "repository");
    this.#hash = hash;
  }

  static async make(hash: HashName = "sha256"): Promise<FolderHarness> {
    return new FolderHarness(await mkdtemp(join(tmpdir(), "snapform-repository-")), hash);
  }

  async open(options: Partial<FilesystemRepositoryOptions> = {}): Promise<Repository> {
    const repository = await openFilesystemRepository({
      name: "vault",
      path: this.path,
      hash: this.#hash,
      undoMs: 7 * 24 * 60 * 60 * 1000,
      clock: this.clock,
      expectedId: null,
      create: true,
      ...options,
    });
    this.#open.push(repository);
    return repository;
  }

  now(): Date {
    return this.clock.now();
  }

  advance(ms: number): void {
    this.clock.set(new Date(this.clock.now().getTime() + ms).toISOString());
  }

  async folder(): Promise<string> {
    this.#folderCount += 1;
    const folder = join(this.root, `folder-${this.#folderCount}`);
    await mkdir(folder);
    return folder;
  }

  objectPath(hash: string): string {
    return join(this.path, "objects", hash.slice(0, 2), hash);
  }

  manifestPath({ cluster, collection, id }: SnapshotKey): string {
    return join(this.path, "snapshots", cluster, collection, `${id}.json`);
  }

  async damageObject(hash: string, how: "missing" | "truncated" | "altered"): Promise<void> {
    const path = this.objectPath(hash);
    if (how === "missing") {
      await rm(path);
      return;
    }
    await chmod(path, 0o644);
    if (how === "truncated") {
      await truncate(path, 2);
      return;
    }
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path, bytes);
  }

  async damageManifest(key: SnapshotKey, how: "truncated" | "altered" | "newer"): Promise<void> {
    const path = this.manifestPath(key);
    const text = await readFile(path, "utf8");
    await chmod(path, 0o644);
    if (how === "truncated") await truncate(path, text.length >> 1);
    if (how === "altered") await writeFile(path, text.replace('"version": 7', '"version": 8'));
    if (how === "newer") {
      await writeFile(path, text.replace('"formatVersion": 1', '"formatVersion": 2'));
    }
    if (how !== "truncated" && (await readFile(path, "utf8")) === text) {
      throw new Error("the manifest was not changed");
    }
  }

  async objectCount(): Promise<number> {
    return (await this.#files("objects")).length;
  }

  async leftoverCount(): Promise<number> {
    const staging = await readdir(join(this.path, "staging")).catch(() => []);
    const trash = await this.#files("trash");
    const beside = (await this.#files("snapshots")).filter((name) => !name.endsWith(".json"));
    return staging.length + beside.length + trash.length;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((repository) => repository.close()));
    await rm(this.root, { recursive: true, force: true });
  }

  async #files(folder: string): Promise<string[]> {
    const options = { recursive: true, withFileTypes: true } as const;
    const entries = await readdir(join(this.path, folder), options).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  }
}
