import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { FOLDERS } from "./layout.ts";
import type { FolderEntry } from "./repository-fs.ts";
import { ownerLife, parseStagingName, type Staging } from "./staging.ts";
import { inStore, type Store } from "./store.ts";
import { BLOCK_BYTES } from "./stream-file.ts";
import { SLOT_BYTES, SLOT_COUNT } from "./stream-memory.ts";

// Half-stored streams. A partial is named by what its bytes are to become, `<sha256>-<size>`, so
// whoever stores the same bytes next goes on with it, and the hash tells in the end whether it was
// right. It has one owner at any time: the process in whose staging folder it lies, with a number
// in front, or nobody when it lies in `staging/` itself. Whoever wants it renames it, which only
// one can do.

/**
 * Writes overtake each other, so a file that was cut may lack some of its last bytes although it
 * has the length; as many as can be under way at once do not count.
 */
const UNSURE_BYTES = SLOT_COUNT * SLOT_BYTES;

/** Of a process on another host, or before the last boot, only silence says that it is gone. */
const SILENCE_MS = 10 * 60 * 1000;

const NAME = /^(?:[0-9]+\.)?([0-9a-f]{64}-[0-9]+\.partial)$/;

function usableBytes(size: number): number {
  const sure = Math.max(0, size - UNSURE_BYTES);
  return sure - (sure % BLOCK_BYTES);
}

/** A stream whose bytes are known before they are there. */
export interface KnownStream {
  readonly sha256: string;
  readonly size: number;
}

function nameOf({ sha256, size }: KnownStream): string {
  return `${sha256}-${size}.partial`;
}

/** The name that a file in staging has as nobody's partial; null when it is none. */
export function partialName(name: string): string | null {
  return NAME.exec(name)?.[1] ?? null;
}

/** A new name in our staging under which others find it, should this process die. */
export function nextPartial(staging: Staging, known: KnownStream): string {
  return `${staging.next()}.${nameOf(known)}`;
}

interface Candidate {
  readonly path: string;
  readonly size: number;
  /** Whoever wrote it may still be about to: its bytes can be taken, but not the file itself. */
  readonly mayHaveWriter: boolean;
}

/** What is in a folder; nothing where it cannot be seen, e.g. because it is another user's. */
async function namesIn(store: Store, path: string): Promise<readonly FolderEntry[]> {
  return (await store.fs.list(path).catch(() => null)) ?? [];
}

async function look(
  store: Store,
  path: string,
  mayHaveWriter: boolean,
): Promise<readonly Candidate[]> {
  const found = await store.fs.stat(path).catch(() => null);
  if (found === null || found.isFolder) return [];
  const isSilent = store.clock.now().getTime() - found.mtimeMs > SILENCE_MS;
  if (mayHaveWriter && !isSilent) return [];
  return [{ path, size: found.size, mayHaveWriter }];
}

/** All partials of these bytes that no living process works on, the longest first. */
async function findPartials(store: Store, known: KnownStream): Promise<Candidate[]> {
  const root = inStore(store, FOLDERS.staging);
  const wanted = nameOf(known);
  const candidates: Candidate[] = [];
  for (const { name, isFolder } of await namesIn(store, root)) {
    if (name === wanted) candidates.push(...(await look(store, join(root, name), false)));
    const owner = isFolder ? parseStagingName(name) : null;
    const life = owner === null ? "alive" : ownerLife(owner);
    if (life === "alive") continue;
    const folder = join(root, name);
    for (const entry of await namesIn(store, folder)) {
      if (partialName(entry.name) !== wanted) continue;
      candidates.push(...(await look(store, join(folder, entry.name), life === "unknown")));
    }
  }
  const fitting = candidates.filter(({ size }) => usableBytes(size) > 0 && size <= known.size);
  return fitting.toSorted((a, b) => b.size - a.size);
}

/** Moves a partial to `to`, or a copy of it. */
async function take(store: Store, from: Candidate, to: string): Promise<void> {
  if (!from.mayHaveWriter) {
    await store.fs.rename(from.path, to);
    return;
  }
  const aside = `${to}.copied`;
  await store.fs.rename(from.path, aside);
  // A writer that wakes up after all goes on in a file that nobody uses any more.
  const flags = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL;
  try {
    await store.fs.bulk(to, () => copyFile(aside, to, flags));
  } finally {
    await store.fs.unlink(aside);
  }
}

/** Makes a partial ours, cut to what is of use of it; answers how much that is. */
async function claim(store: Store, from: Candidate, to: string): Promise<number> {
  await take(store, from, to);
  const keepBytes = usableBytes((await store.fs.stat(to))?.size ?? 0);
  // What only another user may write to is of no use.
  await (await store.fs.openStream(to, { keepBytes, finalMode: 0o600 })).close();
  return keepBytes;
}

/**
 * Takes over what an earlier write of the same bytes has left, under the name `to`; answers how
 * many of its first bytes are of use, 0 when there is none. One that cannot be had, because
 * somebody else was first or may alone read it, is no reason not to fetch the bytes.
 */
export async function claimPartial(store: Store, known: KnownStream, to: string): Promise<number> {
  for (const candidate of await findPartials(store, known)) {
    try {
      return await claim(store, candidate, to);
    } catch {
      await store.fs.unlink(to);
    }
  }
  return 0;
}

/**
 * Makes a partial nobody's, for whoever stores the same bytes next; false when it is too short for
 * that, or a longer one is there.
 */
export async function leavePartial(store: Store, path: string): Promise<boolean> {
  const name = partialName(basename(path));
  const found = await store.fs.stat(path);
  if (name === null || found === null || usableBytes(found.size) === 0) return false;
  const place = join(inStore(store, FOLDERS.staging), name);
  const other = await store.fs.stat(place);
  if (other !== null && other.size >= found.size) return false;
  await store.fs.rename(path, place);
  return true;
}
