// What the cases of the repository contract share: the harness that a storage provides, and small
// snapshots to store. May know the words and the contract. Invariant: a case uses what its harness
// gives it and nothing else, so that it holds for a folder and for an object store alike.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CapturedPart, EngineContext, SourceFile } from "../../engine/driver.ts";
import { isSnapformError, type ErrorCode } from "../../errors/index.ts";
import type { Repository, SnapshotKey, WriteRequest } from "../../repository/repository.ts";
import type { Manifest, ManifestFile } from "../../snapshot/manifest.ts";

/** One empty place for a repository, and the time in which it lives. */
export interface RepositoryHarness {
  /** Opens the place as another process would, and makes the repository the first time. */
  open(options?: { readonly undoMs?: number }): Promise<Repository>;
  now(): Date;
  /** Lets time pass. */
  advance(ms: number): void;
  /** An empty local folder. */
  folder(): Promise<string>;
  /** Damages what is stored under a hash. */
  damageObject(hash: string, how: "missing" | "truncated" | "altered"): Promise<void>;
  /** Damages a snapshot's manifest, or makes it one of a format to come. */
  damageManifest(key: SnapshotKey, how: "truncated" | "altered" | "newer"): Promise<void>;
  /** How many objects are stored. */
  objectCount(): Promise<number>;
  /** How many things a broken write has left behind, wherever they are. */
  leftoverCount(): Promise<number>;
}

/** One case of the contract. */
export interface RepositoryCase {
  readonly title: string;
  readonly run: (harness: RepositoryHarness) => Promise<void>;
}

export const DAY_MS: number = 24 * 60 * 60 * 1000;

/** A context that nobody cancels and nobody watches. */
export const idleContext: EngineContext = Object.freeze({
  signal: new AbortController().signal,
  progress: (): void => undefined,
});

/** Contents by path. */
export type Contents = Readonly<Record<string, string | Uint8Array>>;

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? Buffer.from(content, "utf8") : content;
}

/** A file that exists only as a stream. */
export function streamed(path: string, content: string | Uint8Array): SourceFile {
  const bytes = bytesOf(content);
  async function* from(offset: number): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  }
  return { path, size: bytes.length, open: (offset) => Promise.resolve(from(offset)) };
}

/** A local file. */
export async function local(
  folder: string,
  path: string,
  content: string | Uint8Array,
): Promise<SourceFile> {
  const localPath = join(folder, encodeURIComponent(path));
  await writeFile(localPath, content);
  return { ...streamed(path, content), localPath };
}

/** A request to store a snapshot of these files. */
export function requestOf(
  id: string,
  files: readonly SourceFile[],
  change: Partial<WriteRequest["draft"]> = {},
): WriteRequest {
  const parts: CapturedPart[] = [{ name: "data", files, details: { shard: 1 } }];
  const draft = {
    id,
    owner: { project: "project-1", lineage: "lineage-1", address: "policy.nightly" },
    cluster: "prod",
    collection: "docs",
    engine: "memory",
    engineVersion: "1.0",
    clusterIdentity: "cluster-1",
    collectionIdentity: "collection-1",
    startedAt: "2026-01-01T00:00:00.000Z",
    scheduledFor: null,
    description: null,
    keepUntil: null,
    points: { before: 1, after: 1 },
    layout: null,
    native: null,
    schema: { fields: ["id", "vector"] },
    details: { version: 7 },
    ...change,
  };
  return { draft, parts };
}

export function keyOf(manifest: SnapshotKey): SnapshotKey {
  return { cluster: manifest.cluster, collection: manifest.collection, id: manifest.id };
}

/** Stores a snapshot of streamed files. */
export function store(
  repository: Repository,
  id: string,
  contents: Contents,
  change: Partial<WriteRequest["draft"]> = {},
): Promise<Manifest> {
  const files = Object.entries(contents).map(([path, content]) => streamed(path, content));
  return repository.write(requestOf(id, files, change), idleContext);
}

/** The files of a manifest's only part. */
export function filesOf(manifest: Manifest): readonly ManifestFile[] {
  return manifest.parts.flatMap((part) => part.files);
}

export function fileOf(manifest: Manifest, path: string): ManifestFile {
  const file = filesOf(manifest).find((one) => one.path === path);
  assert.ok(file !== undefined, `the manifest has ${path}`);
  return file;
}

export async function failsWith(code: ErrorCode, work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(isSnapformError(error), `expected an error \`${code}\`, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  return `${error.message} ${error.hint ?? ""}`;
}

/** The text of one file of a snapshot. */
export async function contentOf(
  repository: Repository,
  key: SnapshotKey,
  path: string,
): Promise<string> {
  const reader = await repository.reader(key);
  const pieces: Uint8Array[] = [];
  const { signal } = idleContext;
  for await (const piece of await reader.open(fileOf(reader.manifest, path), signal)) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** The ids of all snapshots; asserts that none is damaged. */
export async function idsIn(repository: Repository): Promise<readonly string[]> {
  const { snapshots, damage } = await repository.list();
  assert.deepEqual(damage, []);
  return snapshots.map(({ manifest }) => manifest.id).toSorted();
}
