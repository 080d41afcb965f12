import type { EngineContext, RestoreRequest, SnapshotReader } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import { contentHash, decodePoints, type MemoryPoint, type MemoryPoints } from "./content.ts";
import { findSnapshot, needPoints } from "./native.ts";
import { step, type MemorySetting } from "./setting.ts";

/** What is to be restored, read and compared with its hash. */
export interface MemorySource {
  readonly points: MemoryPoints;
  readonly contentHash: string;
  /** The collection and the cluster that it was taken from. */
  readonly collectionIdentity: string | null;
  readonly clusterIdentity: string | null;
  readonly bytes: number;
}

export async function openSource(
  setting: MemorySetting,
  source: RestoreRequest["source"],
  context: EngineContext,
): Promise<MemorySource> {
  const { world } = setting;
  if (source.kind === "repository") return readSource(setting, source.reader, context);
  await step(setting, "restore/source", context.signal);
  const { snapshot: native, collection } = source;
  const points = needPoints(world, collection, native.key);
  const snapshot = findSnapshot(world, collection, native.key);
  return {
    points,
    contentHash: contentHash(points),
    collectionIdentity: snapshot?.collectionIdentity ?? null,
    clusterIdentity: world.identity,
    bytes: native.bytes,
  };
}

async function readSource(
  setting: MemorySetting,
  reader: SnapshotReader,
  context: EngineContext,
): Promise<MemorySource> {
  const { manifest } = reader;
  const points = new Map<string, MemoryPoint>();
  let doneBytes = 0;
  for (const file of manifest.parts.flatMap((part) => part.files)) {
    await step(setting, "restore/read", context.signal);
    const chunks: Uint8Array[] = [];
    for await (const chunk of await reader.open(file, context.signal)) {
      chunks.push(chunk);
      doneBytes += chunk.length;
      context.progress({ phase: "reading", doneBytes, totalBytes: manifest.bytes });
    }
    const text = Buffer.concat(chunks).toString("utf8");
    for (const point of decodePoints(text)) points.set(point.id, point);
  }
  const hash = contentHash(points);
  if (hash !== hashOf(manifest)) {
    throw new SnapformError("corrupt", `snapshot ${manifest.id} does not hold what it says`);
  }
  const { collectionIdentity, clusterIdentity } = manifest;
  return { points, contentHash: hash, collectionIdentity, clusterIdentity, bytes: doneBytes };
}

/** The hash of all points that a snapshot of this engine carries. */
export function hashOf(manifest: Manifest): string {
  const { details, engine, id } = manifest;
  if (engine === "memory" && typeof details === "object" && details !== null) {
    const hash = (details as { readonly contentHash?: unknown }).contentHash;
    if (typeof hash === "string") return hash;
  }
  throw new SnapformError("corrupt", `snapshot ${id} is none of this engine`);
}
