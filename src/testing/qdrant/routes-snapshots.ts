import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { ok, refuse, refuseWith, text, type Answer } from "./answer.ts";
import { carryOut, collectionName, flag, jsonBody, pause, temporaryPath } from "./call.ts";
import type { Call } from "./call.ts";
import { checkCollectionName, requireCollection, requireShard } from "./collections.ts";
import {
  createFullSnapshot,
  createSnapshot,
  snapshotFolder,
  streamShard,
} from "./create-snapshot.ts";
import { fetchLocation, type LocatedFile } from "./fetch-location.ts";
import { receiveSnapshot } from "./multipart.ts";
import { recoverCollection, recoverShard, type Priority } from "./recover.ts";
import type { Route } from "./router.ts";
import { sha256Of } from "./snapshot-store.ts";
import type { Collection, Shard } from "./world.ts";

const PRIORITIES: readonly string[] = ["no_sync", "snapshot", "replica"];

/** Snapshots of collections, of single shards and of everything. */
export const snapshotRoutes: readonly Route[] = [
  ["GET", "/collections/{collection}/snapshots", "collection-read", list],
  ["POST", "/collections/{collection}/snapshots", "collection-write", create],
  ["PUT", "/collections/{collection}/snapshots/recover", "global-manage", recover],
  ["POST", "/collections/{collection}/snapshots/upload", "global-manage", upload],
  ["GET", "/collections/{collection}/snapshots/{name}", "collection-read", download],
  ["DELETE", "/collections/{collection}/snapshots/{name}", "collection-write", remove],
  ["GET", "/collections/{collection}/shards/{shard}/snapshots", "collection-read", list],
  ["POST", "/collections/{collection}/shards/{shard}/snapshots", "collection-write", create],
  ["PUT", "/collections/{collection}/shards/{shard}/snapshots/recover", "global-manage", recover],
  ["POST", "/collections/{collection}/shards/{shard}/snapshots/upload", "global-manage", upload],
  ["GET", "/collections/{collection}/shards/{shard}/snapshots/{name}", "collection-read", download],
  [
    "DELETE",
    "/collections/{collection}/shards/{shard}/snapshots/{name}",
    "collection-write",
    remove,
  ],
  ["GET", "/collections/{collection}/shards/{shard}/snapshot", "collection-write", stream],
  ["GET", "/snapshots", "global-read", async ({ peer }) => ok(await peer.store.list(""))],
  ["POST", "/snapshots", "global-manage", (call) => carryOut(call, () => createFullSnapshot(call))],
  ["GET", "/snapshots/{name}", "global-read", downloadFull],
  ["DELETE", "/snapshots/{name}", "global-manage", removeFull],
];

interface Subject {
  readonly collection: Collection;
  /** Set where the call is about one shard. */
  readonly shard: Shard | null;
  readonly folder: string;
}

function subjectOf(call: Call): Subject {
  const collection = requireCollection(call.world, collectionName(call));
  const { shard: text } = call.params;
  if (text === undefined) return { collection, shard: null, folder: snapshotFolder(collection) };
  if (!/^\d+$/.test(text)) refuse(400, `Format error in path parameters: can not parse ${text}`);
  const shard = requireShard(collection, Number(text));
  if (!shard.replicas.has(call.peer.peerId)) {
    refuse(400, `Bad request: Shard ${shard.id} is not a local shard`);
  }
  return { collection, shard, folder: snapshotFolder(collection, shard.id) };
}

async function list(call: Call): Promise<Answer> {
  return ok(await call.peer.store.list(subjectOf(call).folder));
}

function create(call: Call): Promise<Answer> {
  const { collection, shard } = subjectOf(call);
  return carryOut(call, async () => {
    await leaveAliasFolder(call);
    return createSnapshot(call, collection, shard?.id);
  });
}

/** Calls through an alias leave an empty folder of its name. */
async function leaveAliasFolder(call: Call): Promise<void> {
  const name = collectionName(call);
  if (call.world.aliases.has(name) && call.world.storage === "local") {
    await mkdir(join(call.peer.store.root, name), { recursive: true });
  }
}

async function download(call: Call): Promise<Answer> {
  const { folder, shard } = subjectOf(call);
  const name = call.params.name ?? "";
  try {
    return { status: 200, body: { kind: "file", file: await call.peer.store.find(folder, name) } };
  } catch (error) {
    if (shard && call.world.storage === "local" && !/[/\\]|\.\./.test(name)) {
      refuseWith(text(404, "No such file or directory"), `no shard snapshot ${name}`);
    }
    throw error;
  }
}

/** The state of one shard as a snapshot file, of which nothing stays on the node. */
async function stream(call: Call): Promise<Answer> {
  const { collection, shard } = subjectOf(call);
  const file = await streamShard(call, collection, (shard as Shard).id);
  const disposition = `attachment; filename="${file.name}"`;
  return {
    status: 200,
    headers: { "content-disposition": disposition },
    body: { kind: "file", file },
  };
}

function remove(call: Call): Promise<Answer> {
  const { folder } = subjectOf(call);
  return removeFrom(call, folder);
}

function removeFull(call: Call): Promise<Answer> {
  return removeFrom(call, "");
}

async function removeFrom(call: Call, folder: string): Promise<Answer> {
  const name = call.params.name ?? "";
  // Whether it is there is found out before anything is accepted.
  await call.peer.store.find(folder, name);
  return carryOut(call, async () => {
    await pause(call);
    await call.peer.store.remove(folder, name);
    return true;
  });
}

async function downloadFull(call: Call): Promise<Answer> {
  const file = await call.peer.store.find("", call.params.name ?? "");
  return { status: 200, body: { kind: "file", file } };
}

function priorityOf(value: unknown, where: string): Priority {
  if (value === undefined || value === null) return "snapshot";
  if (typeof value === "string" && PRIORITIES.includes(value)) return value as Priority;
  const expected = "expected one of `no_sync`, `snapshot`, `replica`";
  return refuse(
    400,
    `Format error in ${where}: unknown variant ${JSON.stringify(value)}, ${expected}`,
  );
}

function checksumOf(value: unknown, where: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" && /^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  return refuse(422, `Validation error in ${where}: [checksum: invalid_sha256_hash]`);
}

async function recover(call: Call): Promise<Answer> {
  const body = await jsonBody(call);
  const name = collectionName(call);
  // Here the server is not as strict about names as it is with uploads.
  if (/[/\0]/.test(name)) refuse(422, "Validation error in path parameters: [name: invalid]");
  const subject = call.params.shard === undefined ? null : subjectOf(call);
  if (typeof body.location !== "string") {
    refuse(400, "Format error in JSON body: missing field `location`");
  }
  const location = URL.parse(body.location);
  if (!location && !subject) {
    refuse(400, "Format error in JSON body: relative URL without a base");
  }
  if (subject && location?.protocol === "file:") {
    refuse(400, "Bad request: file:// is not supported for shards");
  }
  const priority = priorityOf(body.priority, "JSON body");
  const checksum = checksumOf(body.checksum, "JSON body");
  const apiKey = typeof body.api_key === "string" ? body.api_key : null;
  return carryOut(call, async () => {
    const file = location
      ? await fetchLocation(call, location, subject?.collection.name ?? realName(call), apiKey)
      : await storedFile(call, subject as Subject, body.location as string);
    try {
      const computed = checksum === null ? null : await sha256Of(file.path);
      if (computed !== checksum) {
        const values = `expected ${checksum}, got ${computed}`;
        refuse(400, `Wrong input: Snapshot checksum mismatch: ${values}`);
      }
      await restore(call, subject, name, file.path, priority);
    } finally {
      if (file.isTemporary) await rm(file.path, { force: true });
    }
    return true;
  });
}

async function storedFile(call: Call, subject: Subject, name: string): Promise<LocatedFile> {
  return { path: (await call.peer.store.find(subject.folder, name)).path, isTemporary: false };
}

function realName(call: Call): string {
  const name = collectionName(call);
  return call.world.aliases.get(name) ?? name;
}

async function restore(
  call: Call,
  subject: Subject | null,
  name: string,
  path: string,
  priority: Priority,
): Promise<void> {
  if (subject?.shard) await recoverShard(call, subject.collection, subject.shard, path, priority);
  else await recoverCollection(call, name, path, priority);
}

async function upload(call: Call): Promise<Answer> {
  const name = collectionName(call);
  checkCollectionName(name);
  flag(call, "wait", true);
  const priority = priorityOf(call.query.get("priority"), "query parameters");
  const checksum = checksumOf(call.query.get("checksum"), "query parameters");
  const subject = call.params.shard === undefined ? null : subjectOf(call);
  const spooled = temporaryPath(call, "upload");
  const received = await receiveSnapshot(call.request, spooled);
  return carryOut(call, async () => {
    let path = spooled;
    try {
      const computed = checksum === null ? null : await sha256Of(spooled);
      if (computed !== checksum) {
        // The server puts the two values the wrong way round.
        const values = `expected ${computed}, actual ${checksum}`;
        refuse(400, `Checksum mismatch: ${values}`);
      }
      if (!subject) path = await keepUpload(call, spooled, received.name);
      await restore(call, subject, name, path, priority);
    } finally {
      await rm(spooled, { force: true });
    }
    return subject ? null : true;
  });
}

/** An uploaded file stays among the collection's snapshots, whatever becomes of the recovery. */
async function keepUpload(call: Call, spooled: string, given: string | null): Promise<string> {
  await leaveAliasFolder(call);
  const base = basename((given ?? "").replaceAll("\\", "/"));
  const isName = base !== "" && base !== "." && base !== "..";
  const name = isName ? base : randomUUID();
  // Even with an object store this one lies on the node's own disk, where no listing finds it.
  return call.peer.uploads.keep(spooled, realName(call), name);
}
