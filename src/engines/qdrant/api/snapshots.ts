import { isSnapformError } from "../../../errors/index.ts";
import type { Answer } from "../http/json-call.ts";
import type { NodeClient } from "../http/node-client.ts";
import type { ExpectedBytes } from "../http/verify-bytes.ts";
import { ask, optionsOf, readAnswer, type AskOptions } from "./ask.ts";
import { listOf, readDone } from "./shape.ts";
import { readSnapshotDescription, type SnapshotDescription } from "./snapshot-description.ts";

/** Which copy wins when other replicas of a restored shard are active. */
export type Priority = "no_sync" | "snapshot" | "replica";

/** The snapshots of a collection on this node, by name. `not-found` without the collection. */
export async function listSnapshots(
  client: NodeClient,
  collection: string,
  options: AskOptions = {},
): Promise<readonly SnapshotDescription[]> {
  const doing = `listing the snapshots of ${quoted(collection)}`;
  const path = snapshotsPath(collection);
  const found = await ask(
    client,
    { method: "GET", path, doing, ...optionsOf(options) },
    listOf(readSnapshotDescription(collection)),
  );
  // The server lists in the order of its disk.
  return Object.freeze(found.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)));
}

export interface CreateSnapshotOptions extends AskOptions {
  /** True (default): answers when it is made. False: begins, and only the list tells the end. */
  readonly wait?: boolean;
}

/**
 * Snapshots the shards that this node holds. Null where the node only says that it has begun.
 * Never repeated by itself: each call makes another file, and one of the same second overwrites.
 */
export async function createSnapshot(
  client: NodeClient,
  collection: string,
  options: CreateSnapshotOptions = {},
): Promise<SnapshotDescription | null> {
  const { wait = true } = options;
  const request = {
    method: "POST",
    path: snapshotsPath(collection),
    query: { wait },
    doing: `taking a snapshot of ${quoted(collection)}`,
    ...(wait ? { timeoutMs: null } : {}),
    ...optionsOf(options),
  } as const;
  const answer = await client.json(request);
  if (answer.status === 202) return null;
  return readAnswer(client, request, answer, readSnapshotDescription(collection));
}

/**
 * Deletes a snapshot's file on this node. `absent`: there was none of that name. `unreachable`: the
 * collection is gone, so that the file, if there is one, cannot be reached until a collection of
 * that name exists again.
 */
export async function deleteSnapshot(
  client: NodeClient,
  collection: string,
  name: string,
  options: AskOptions = {},
): Promise<"deleted" | "absent" | "unreachable"> {
  const doing = `deleting the snapshot ${quoted(name)} of ${quoted(collection)}`;
  const path = [...snapshotsPath(collection), name];
  const query = { wait: true };
  try {
    await ask(client, { method: "DELETE", path, query, doing, ...optionsOf(options) }, readDone);
    return "deleted";
  } catch (error) {
    if (!isSnapformError(error) || error.code !== "not-found") throw error;
    return /\bCollection\b.*\bdoesn't exist/i.test(error.message) ? "unreachable" : "absent";
  }
}

export interface DownloadSnapshotOptions extends AskOptions {
  readonly offset?: number;
  readonly expected: ExpectedBytes;
}

/** The bytes of a snapshot's file, in the pace of the reader. */
export function downloadSnapshot(
  client: NodeClient,
  collection: string,
  name: string,
  options: DownloadSnapshotOptions,
): AsyncIterable<Uint8Array> {
  const { expected, offset = 0 } = options;
  return client.download({
    path: [...snapshotsPath(collection), name],
    doing: `downloading the snapshot ${quoted(name)} of ${quoted(collection)}`,
    expected,
    offset,
    ...optionsOf(options),
  });
}

export interface UploadSnapshotOptions extends AskOptions {
  readonly priority: Priority;
  /** SHA-256 that the server checks before it touches anything. */
  readonly checksum?: string;
  /** The file stays on the node under this name; only `.snapshot` is listed and can be deleted. */
  readonly fileName: string;
  readonly size: number;
  readonly body: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  readonly onProgress?: (sentBytes: number) => void;
}

/** Sends a snapshot's file and has the node restore the collection from it; waits for the end. */
export async function uploadSnapshot(
  client: NodeClient,
  collection: string,
  options: UploadSnapshotOptions,
): Promise<void> {
  const { priority, checksum, fileName, size, body, onProgress } = options;
  const doing = `restoring ${quoted(collection)} from an upload`;
  const answer = await client.upload({
    path: [...snapshotsPath(collection), "upload"],
    query: { wait: true, priority, checksum },
    doing,
    fileName,
    size,
    body,
    ...(onProgress === undefined ? {} : { onProgress }),
    ...optionsOf(options),
  });
  requireDone(client, doing, answer);
}

function requireDone(client: NodeClient, doing: string, answer: Answer): void {
  readAnswer(client, { method: "POST", doing, safe: false }, answer, readDone);
}

function snapshotsPath(collection: string): readonly string[] {
  return ["collections", collection, "snapshots"];
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
