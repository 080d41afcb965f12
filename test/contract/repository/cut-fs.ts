import {
  nodeFs,
  type NewFile,
  type RepositoryFs,
  type StreamedFile,
} from "../../../src/repository/filesystem/index.ts";

/** What a process that was killed never gets to see. */
export class Cut extends Error {
  constructor(operation: string) {
    super(`killed before ${operation}`);
  }
}

export interface CutFs extends RepositoryFs {
  /** The operations that changed the disk, or would have, in order: `rename from to`. */
  readonly operations: readonly string[];
  readonly isCut: boolean;
}

/**
 * The real disk until the process "dies" before the operation number `at` (from 1); from then on
 * nothing works any more. A write that is cut leaves the first half of its bytes.
 */
export function cutFs(at: number = Number.POSITIVE_INFINITY): CutFs {
  const operations: string[] = [];
  let isCut = false;

  function alive(): void {
    if (isCut) throw new Cut("anything");
  }

  async function change<T>(operation: string, run: () => Promise<T>): Promise<T> {
    alive();
    operations.push(operation);
    if (operations.length === at) {
      isCut = true;
      throw new Cut(operation);
    }
    return run();
  }

  async function write(
    path: string,
    bytes: Uint8Array,
    run: (some: Uint8Array) => Promise<void>,
  ): Promise<void> {
    try {
      await change(`write ${path}`, () => run(bytes));
    } catch (error) {
      if (operations.length === at) await run(bytes.subarray(0, bytes.length >> 1));
      throw error;
    }
  }

  function watchedStream(path: string, file: StreamedFile): StreamedFile {
    return {
      write: (bytes, place) => write(path, bytes, (some) => file.write(some, place)),
      sync: (mtime) => change(`sync ${path}`, () => file.sync(mtime)),
      close: () => file.close(),
    };
  }

  function watched(path: string, file: NewFile): NewFile {
    return {
      write: (bytes) => write(path, bytes, (some) => file.write(some)),
      sync: (mtime) =>
        change(`sync ${path}`, () => (mtime === undefined ? file.sync() : file.sync(mtime))),
      // A process that dies closes its files.
      close: () => file.close(),
    };
  }

  return {
    operations,
    get isCut() {
      return isCut;
    },
    async readFile(path) {
      alive();
      return nodeFs.readFile(path);
    },
    async list(path) {
      alive();
      return nodeFs.list(path);
    },
    async stat(path) {
      alive();
      return nodeFs.stat(path);
    },
    makeFolder: (path) => change(`makeFolder ${path}`, () => nodeFs.makeFolder(path)),
    create: (path, mode) =>
      change(`create ${path}`, async () => watched(path, await nodeFs.create(path, mode))),
    openStream: (path, options) =>
      change(`openStream ${path}`, async () =>
        watchedStream(path, await nodeFs.openStream(path, options)),
      ),
    rename: (from, to) => change(`rename ${from} ${to}`, () => nodeFs.rename(from, to)),
    link: (from, to) => change(`link ${from} ${to}`, () => nodeFs.link(from, to)),
    unlink: (path) => change(`unlink ${path}`, () => nodeFs.unlink(path)),
    removeFolder: (path) => change(`removeFolder ${path}`, () => nodeFs.removeFolder(path)),
    touch: (path, time) => change(`touch ${path}`, () => nodeFs.touch(path, time)),
    syncFolder: (path) => change(`syncFolder ${path}`, () => nodeFs.syncFolder(path)),
    bulk: (target, copy) => change(`bulk ${target}`, copy),
  };
}
