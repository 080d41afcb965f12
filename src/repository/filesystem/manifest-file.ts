import { createHash } from "node:crypto";
import type { HashName, Manifest } from "../../snapshot/manifest.ts";
import type { RepositoryDamage, SnapshotKey } from "../repository.ts";
import { encodeSegment, isHash, isSafePath } from "./layout.ts";

/** The newest format of manifests that this code reads and the one that it writes. */
export const MANIFEST_FORMAT = 1;

/** Why the text of a manifest cannot be used. */
export interface ManifestFault {
  readonly fault: RepositoryDamage["fault"];
  readonly detail: string;
}

export type ParsedManifest = { readonly manifest: Manifest } | { readonly problem: ManifestFault };

function digestOf(manifest: unknown): string {
  return `sha256:${createHash("sha256").update(JSON.stringify(manifest)).digest("hex")}`;
}

/**
 * The text of a manifest's file. `digest` is over the manifest as compact JSON, so that a changed
 * manifest is told from a whole one without any other file.
 */
export function formatManifest(manifest: Manifest): string {
  const envelope = { formatVersion: MANIFEST_FORMAT, digest: digestOf(manifest), manifest };
  return `${JSON.stringify(envelope, null, 1)}\n`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFile(file: unknown): boolean {
  if (!isObject(file)) return false;
  const { path, size, hash } = file;
  return typeof path === "string" && isSafePath(path) && Number.isSafeInteger(size) && isHash(hash);
}

function isPart(part: unknown): boolean {
  if (!isObject(part) || typeof part["name"] !== "string") return false;
  const files = part["files"];
  return Array.isArray(files) && files.every(isFile);
}

/** What this folder itself relies on; the rest is the writer's word, sealed by the digest. */
function isManifest(value: unknown): value is Manifest {
  if (!isObject(value) || !isObject(value["owner"])) return false;
  const texts = ["id", "cluster", "collection", "engine", "startedAt", "finishedAt"] as const;
  if (!texts.every((key) => typeof value[key] === "string")) return false;
  const hash: unknown = value["hash"];
  if (!(["sha256", "blake3"] satisfies HashName[]).includes(hash as HashName)) return false;
  const parts = value["parts"];
  return Array.isArray(parts) && parts.every(isPart);
}

function altered(detail: string): ParsedManifest {
  return { problem: { fault: "altered", detail } };
}

/** Reads a manifest's text; `key` is what its place says that it is. */
export function parseManifest(text: string, place: ManifestPlace): ParsedManifest {
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch {
    return altered(text.trim() === "" ? "the manifest is empty" : "the manifest is not JSON");
  }
  if (!isObject(envelope)) return altered("the manifest is not an object");
  const version = envelope["formatVersion"];
  if (typeof version === "number" && version > MANIFEST_FORMAT) {
    const limit = `this snapform reads up to ${MANIFEST_FORMAT}`;
    const detail = `the manifest is newer: it has format ${version}; ${limit}`;
    return { problem: { fault: "newer", detail } };
  }
  const manifest = envelope["manifest"];
  if (version !== MANIFEST_FORMAT || !isObject(manifest)) return altered("not a manifest");
  if (envelope["digest"] !== digestOf(manifest)) {
    return altered("the manifest does not fit its own digest");
  }
  if (!isManifest(manifest)) return altered("the manifest lacks what every manifest has");
  if (!fitsPlace(manifest, place)) {
    const what = `${manifest.cluster}/${manifest.collection} ${manifest.id}`;
    return altered(`the manifest is that of ${what}, which belongs elsewhere`);
  }
  return { manifest };
}

/** Where a manifest was found: encoded folder names and the id of its file name. */
export interface ManifestPlace {
  readonly clusterSegment: string;
  readonly collectionSegment: string;
  readonly id: string;
}

export function placeOf(key: SnapshotKey): ManifestPlace {
  return {
    clusterSegment: encodeSegment(key.cluster),
    collectionSegment: encodeSegment(key.collection),
    id: key.id,
  };
}

function fitsPlace(manifest: Manifest, place: ManifestPlace): boolean {
  if (manifest.id !== place.id || manifest.cluster === "" || manifest.collection === "")
    return false;
  return (
    encodeSegment(manifest.cluster) === place.clusterSegment &&
    encodeSegment(manifest.collection) === place.collectionSegment
  );
}

/** The snapshot that a manifest describes. */
export function keyOf(manifest: Pick<Manifest, "cluster" | "collection" | "id">): SnapshotKey {
  return { cluster: manifest.cluster, collection: manifest.collection, id: manifest.id };
}
