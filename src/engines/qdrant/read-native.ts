import type { Capture, CapturedPart, EngineContext, NativeSnapshot } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Json } from "../../snapshot/json.ts";
import { coversAll } from "../../snapshot/layout.ts";
import { downloadSnapshot } from "./api/snapshots.ts";
import { lookAtCluster, type ClusterLook, type LiveNode } from "./cluster.ts";
import { memberOf } from "./collection-layout.ts";
import { readDetails, type QdrantDetails } from "./details.ts";
import { looksLikeTar, TAR_HEADER_BYTES } from "./http/tar.ts";
import { recordedFiles, statusOfFile, type RecordedFile } from "./known-native.ts";
import { fateOf, listFiles, type CollectionFiles } from "./listing.ts";
import type { QdrantSetting } from "./setting.ts";

/**
 * Opens a snapshot for copying out: one part per node, each one file, read from the node that has
 * it. Nothing is read before its stream is.
 *
 * @throws SnapformError `failed-precondition` when a part is missing or its collection is gone,
 * `corrupt` when a file is not what was recorded, `unavailable` when a node does not tell
 */
export async function readNative(
  setting: QdrantSetting,
  native: NativeSnapshot,
  { signal }: EngineContext,
): Promise<Capture> {
  const { collection } = native;
  const look = await lookAtCluster(setting, signal);
  const files = await listFiles(setting, look, collection, signal);
  const details = readDetails(native.details);
  const recorded = recordedFiles(native, details);
  const parts = recorded.map((file, index) => {
    const name = native.parts[index]?.name ?? file.node;
    const found = requireFile(native, files, look, file);
    return capturedPart(collection, name, { ...file, ...found }, details);
  });
  requireWhole(native, parts.length);
  return {
    draft: {
      engineVersion: details?.engineVersion ?? null,
      collectionIdentity: null,
      clusterIdentity: look.identity,
      schema: schemaOf(details),
      details: native.details,
      points: native.points,
      layout: native.layout,
    },
    parts,
    close: () => Promise.resolve(),
  };
}

function requireWhole({ key, collection, layout }: NativeSnapshot, partCount: number): void {
  const isWhole = partCount > 0 && (layout === null || coversAll(layout, layout.parts));
  if (isWhole) return;
  const text = `snapshot ${key} of ${JSON.stringify(collection)} does not hold every shard`;
  throw new SnapformError("failed-precondition", text);
}

interface FoundFile {
  readonly at: LiveNode;
  readonly size: number;
  readonly sha256: string | null;
}

function requireFile(
  { collection, key }: NativeSnapshot,
  files: CollectionFiles,
  look: ClusterLook,
  recorded: RecordedFile,
): FoundFile {
  const { file, node } = recorded;
  const fate = fateOf(files, look, recorded);
  const where = `${node}: snapshot ${key} of ${JSON.stringify(collection)}`;
  if (files.isGone) {
    const text = `${where} cannot be reached, because its collection is gone`;
    throw new SnapformError("failed-precondition", text);
  }
  if (fate.kind === "unknown") {
    const listing = files.listings.find(({ error }) => error !== null);
    const cause = listing?.error ?? look.nodes.find(({ error }) => error !== null)?.error;
    const text = `${where}: the node that may hold ${file} does not tell`;
    throw new SnapformError("unavailable", text, { retryable: true, cause });
  }
  const [at] = fate.kind === "found" ? fate.at : [];
  if (fate.kind === "gone" || at === undefined) {
    throw new SnapformError("failed-precondition", `${where}: its file ${file} is gone`);
  }
  if (statusOfFile(recorded, fate) === "damaged") {
    const { size, checksum } = fate.file;
    const text =
      `${where}: ${file} has ${size} bytes and SHA-256 ${checksum ?? "unknown"}, and not the ` +
      `${recorded.size} bytes and SHA-256 ${recorded.sha256 ?? "unknown"} that were recorded`;
    throw new SnapformError("corrupt", text);
  }
  return { at, size: fate.file.size, sha256: recorded.sha256 ?? fate.file.checksum };
}

function capturedPart(
  collection: string,
  name: string,
  found: RecordedFile & FoundFile,
  details: QdrantDetails | null,
): CapturedPart {
  const { file, peerId, at, size, sha256 } = found;
  const part = details?.parts.find((each) => each.file === file);
  const open = async (offset: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> => {
    // The hash is compared by whoever stores the bytes and hashes them anyway, in another thread.
    const options = { offset, expected: { size }, signal };
    const bytes = downloadSnapshot(at.node.client, collection, file, options);
    return offset === 0 ? tarOnly(bytes, `${at.node.name}: ${file}`) : bytes;
  };
  return {
    name,
    files: [{ path: file, size, ...(sha256 === null ? {} : { sha256 }), open }],
    details: { peerId, shards: part?.shards ?? [], version: part?.version ?? null },
  };
}

/** The same bytes; fails before the first of them when they are no snapshot, e.g. a web page. */
async function* tarOnly(
  bytes: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length < TAR_HEADER_BYTES) continue;
    if (!looksLikeTar(head)) throw noTar(what);
    yield head;
    head = null;
  }
  if (head !== null) throw noTar(what);
}

function noTar(what: string): SnapformError {
  return new SnapformError("corrupt", `${what} is no snapshot: it does not begin like a tar`);
}

/** For people: how the vectors and the payload indexes of the collection were set up. */
function schemaOf(details: QdrantDetails | null): Json {
  if (details === null) return null;
  const params = memberOf(details.config, "params");
  return {
    vectors: memberOf(params, "vectors"),
    sparseVectors: memberOf(params, "sparse_vectors"),
    payloadSchema: details.payloadSchema,
  };
}
