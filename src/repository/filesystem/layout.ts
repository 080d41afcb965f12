import { createHash } from "node:crypto";
import { join } from "node:path";
import { SnapformError } from "../../errors/index.ts";
import type { SnapshotKey } from "../repository.ts";

/** Where the parts of a repository lie below its root. */
export const FOLDERS: {
  readonly objects: "objects";
  readonly snapshots: "snapshots";
  readonly trash: "trash";
  readonly staging: "staging";
} = Object.freeze({
  objects: "objects",
  snapshots: "snapshots",
  trash: "trash",
  staging: "staging",
});

export const REPOSITORY_FILE = "repository.json";
export const MANIFEST_SUFFIX = ".json";
export const NOTES_SUFFIX = ".notes.json";
/** Beside a manifest in the trash: when it was put there and until when it stays. */
export const TRASH_SUFFIX = ".trashed.json";

/** Longest encoded segment in bytes; leaves room for suffixes below the usual 255. */
const MAX_SEGMENT = 200;
const LONG_PREFIX = 120;
/** Names that Windows keeps for devices, with or without an extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/;
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

function percent(byte: number): string {
  return `%${byte.toString(16).padStart(2, "0")}`;
}

function encodeBytes(name: string): string {
  let encoded = "";
  for (const byte of Buffer.from(name, "utf8")) {
    const char = String.fromCharCode(byte);
    // Capitals are encoded too: `Docs` and `docs` must not meet where case is ignored.
    encoded += /[a-z0-9._-]/.test(char) ? char : percent(byte);
  }
  if (encoded.startsWith(".") || DEVICE.test(encoded)) {
    encoded = percent(encoded.charCodeAt(0)) + encoded.slice(1);
  }
  return encoded.endsWith(".") ? `${encoded.slice(0, -1)}%2e` : encoded;
}

/**
 * The folder name of a cluster or collection: percent-encoded UTF-8, safe on filesystems that
 * ignore case. A name that would be longer than 200 bytes is cut and ends in `%~` and a hash; the
 * manifests inside say what it stands for.
 *
 * @throws SnapformError `invalid-argument` for an empty or malformed name
 */
export function encodeSegment(name: string): string {
  if (name === "" || !name.isWellFormed()) {
    throw new SnapformError("invalid-argument", `not a name: ${JSON.stringify(name)}`);
  }
  const encoded = encodeBytes(name);
  if (encoded.length <= MAX_SEGMENT) return encoded;
  const start = encoded.slice(0, LONG_PREFIX).replace(/%.?$/, "");
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 32);
  return `${start}%~${hash}`;
}

/** The name that a segment stands for; the segment itself where it cannot be told. */
export function decodeSegment(segment: string): string {
  try {
    const name = decodeURIComponent(segment);
    return encodeSegment(name) === segment ? name : segment;
  } catch {
    return segment;
  }
}

/** Checks a snapshot's id, which is a file name as it stands. */
export function checkId(id: string): string {
  if (ID.test(id) && id.length <= MAX_SEGMENT) return id;
  throw new SnapformError("invalid-argument", `not a snapshot id: ${JSON.stringify(id)}`);
}

/** `<cluster>/<collection>`, encoded. */
export function collectionPath(key: Omit<SnapshotKey, "id">): string {
  return join(encodeSegment(key.cluster), encodeSegment(key.collection));
}

/** Below the root: the manifest of a live or a trashed snapshot. */
export function manifestPath(key: SnapshotKey, folder: "snapshots" | "trash"): string {
  return join(folder, collectionPath(key), `${checkId(key.id)}${MANIFEST_SUFFIX}`);
}

/** Below the root: what may change about it. */
export function notesPath(key: SnapshotKey, folder: "snapshots" | "trash"): string {
  return join(folder, collectionPath(key), `${checkId(key.id)}${NOTES_SUFFIX}`);
}

/** Below the root: when and until when it is in the trash. */
export function trashedPath(key: SnapshotKey): string {
  return join(FOLDERS.trash, collectionPath(key), `${checkId(key.id)}${TRASH_SUFFIX}`);
}

/** The id in a manifest's file name; null for any other file. */
export function idOfManifestFile(name: string): string | null {
  if (!name.endsWith(MANIFEST_SUFFIX)) return null;
  if (name.endsWith(NOTES_SUFFIX) || name.endsWith(TRASH_SUFFIX)) return null;
  const id = name.slice(0, -MANIFEST_SUFFIX.length);
  return ID.test(id) ? id : null;
}

/** Below the root: the object of a hash. */
export function objectPath(hash: string): string {
  return join(FOLDERS.objects, hash.slice(0, 2), hash);
}

const HASH = /^[0-9a-f]{64}$/;

export function isHash(text: unknown): text is string {
  return typeof text === "string" && HASH.test(text);
}

/** True for a relative, `/`-separated path that stays below where it is put. */
export function isSafePath(path: string): boolean {
  if (path === "" || path.includes("\\") || path.includes("\0")) return false;
  return path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}
