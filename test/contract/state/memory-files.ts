import type { JournalFile, StateFiles } from "../../../src/state/local/state-files.ts";

interface Inode {
  readonly id: number;
  bytes: Uint8Array;
  /** How much of it is on the disk. */
  syncedCount: number;
}

/** How the power goes: what was not synced survives by these shares (0 to 1). */
export interface PowerCut {
  /** Of the changes to names, in their order, since the last sync of the folder. */
  readonly names: number;
  /** Of the bytes, since the last sync of the file. */
  readonly bytes: number;
  /** Whether lost bytes are read as zeros instead of being gone. */
  readonly zeros: boolean;
}

/** Thrown by an operation that the crash cut off, and by every one after it. */
export class Crash extends Error {}

function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/**
 * A disk with the promises of POSIX and no more: names and bytes are safe after a sync, before it
 * any beginning of them is. `mount` gives a process its view; a view dies at a chosen operation.
 */
export class MemoryDisk {
  #nextInode = 1;
  #names = new Map<string, Inode>();
  #durable = new Map<string, Inode>();
  // Folders are always safe: `makeFolder` is one step that syncs.
  readonly #folders = new Set<string>();
  #unsynced: ((names: Map<string, Inode>) => void)[] = [];
  /** What was done, for messages and to count. */
  readonly log: string[] = [];

  /** After this many changing operations the process dies; `torn` says how much is done of it. */
  mount(operationCount = Infinity, torn = 0): StateFiles {
    let left = operationCount;
    const step = async <T>(what: string, work: (share: number) => T): Promise<T> => {
      // Others run here, as they would during a real call.
      await Promise.resolve();
      if (left < 0) throw new Crash("the process is dead");
      left -= 1;
      if (left < 0) {
        if (torn > 0) {
          this.log.push(`${what} (torn)`);
          work(torn);
        }
        throw new Crash(`died at ${what}`);
      }
      this.log.push(what);
      return work(1);
    };
    const look = async <T>(work: () => T): Promise<T> => {
      await Promise.resolve();
      if (left < 0) throw new Crash("the process is dead");
      return work();
    };
    return {
      read: (path) => look(() => this.#names.get(path)?.bytes.slice() ?? null),
      list: (folder) => look(() => this.#list(folder)),
      stamp: (path) => look(() => this.#names.get(path)?.id.toString() ?? null),
      makeFolder: (path) => step(`makeFolder ${path}`, () => void this.#folders.add(path)),
      create: (path, chunks) =>
        step(`create ${path}`, (share) => this.#create(path, chunks, share)),
      link: (from, to) => step(`link ${to}`, () => this.#link(from, to)),
      rename: (from, to) => step(`rename ${to}`, () => this.#rename(from, to)),
      remove: (path) => step(`remove ${path}`, () => this.#change((names) => names.delete(path))),
      syncFolder: (path) => step(`syncFolder ${path}`, () => this.#syncNames()),
      openJournal: (path) => look(() => this.#openJournal(path, step)),
    };
  }

  /** Turns the power off and on. */
  cut(how: PowerCut): void {
    const kept = Math.round(this.#unsynced.length * how.names);
    for (const change of this.#unsynced.slice(0, kept)) change(this.#durable);
    this.#unsynced = [];
    this.#names = new Map(this.#durable);
    for (const inode of new Set(this.#names.values())) {
      const lost = inode.bytes.length - inode.syncedCount;
      if (lost <= 0) continue;
      const end = inode.syncedCount + Math.floor(lost * how.bytes);
      const rest = inode.bytes.slice(0, end);
      inode.bytes = how.zeros ? new Uint8Array(inode.bytes.length) : rest;
      inode.bytes.set(rest);
      inode.syncedCount = inode.bytes.length;
    }
  }

  /** Everything on it, for comparing. */
  files(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#names].map(([path, { bytes }]) => [path, bytes]));
  }

  put(path: string, bytes: Uint8Array): void {
    this.#create(path, [bytes], 1, true);
    this.#syncNames();
  }

  delete(path: string): void {
    this.#change((names) => names.delete(path));
    this.#syncNames();
  }

  #list(folder: string): string[] | null {
    if (!this.#folders.has(folder)) return null;
    const prefix = `${folder}/`;
    const paths = [...this.#names.keys()].filter((path) => path.startsWith(prefix));
    return paths.map((path) => path.slice(prefix.length));
  }

  #change(change: (names: Map<string, Inode>) => void): void {
    change(this.#names);
    this.#unsynced.push(change);
  }

  #create(path: string, chunks: readonly Uint8Array[], share: number, replace = false): void {
    if (!replace && this.#names.has(path)) throw errno("EEXIST", path);
    const bytes = new Uint8Array(Buffer.concat(chunks));
    const done = share < 1 ? bytes.slice(0, Math.floor(bytes.length * share)) : bytes;
    const inode = { id: this.#nextInode++, bytes: done, syncedCount: share < 1 ? 0 : done.length };
    this.#change((names) => names.set(path, inode));
  }

  #link(from: string, to: string): void {
    const inode = this.#names.get(from);
    if (!inode) throw errno("ENOENT", from);
    if (this.#names.has(to)) throw errno("EEXIST", to);
    this.#change((names) => names.set(to, inode));
  }

  #rename(from: string, to: string): void {
    const inode = this.#names.get(from);
    if (!inode) throw errno("ENOENT", from);
    if (this.#names.get(to) === inode) return;
    this.#change((names) => {
      names.delete(from);
      names.set(to, inode);
    });
  }

  #syncNames(): void {
    this.#durable = new Map(this.#names);
    this.#unsynced = [];
  }

  #openJournal(
    path: string,
    step: <T>(what: string, work: (share: number) => T) => Promise<T>,
  ): JournalFile {
    const inode = this.#names.get(path);
    if (!inode) throw errno("ENOENT", path);
    return {
      append: (bytes) =>
        step(`append ${path}`, (share) => {
          const part = bytes.subarray(0, Math.floor(bytes.length * share));
          inode.bytes = new Uint8Array(Buffer.concat([inode.bytes, part]));
        }),
      sync: () =>
        step(`sync ${path}`, () => {
          inode.syncedCount = inode.bytes.length;
        }),
      truncate: (byteCount) =>
        step(`truncate ${path}`, () => {
          inode.bytes = inode.bytes.slice(0, byteCount);
          inode.syncedCount = byteCount;
        }),
      close: () => Promise.resolve(),
    };
  }
}
