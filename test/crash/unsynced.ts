import { constants } from "node:fs";
import { mkdir, open, writeFile, type FileHandle } from "node:fs/promises";
import { realFs, type LancedbFs } from "../../src/engines/lancedb/fs.ts";
import { nodeFs, type RepositoryFs } from "../../src/repository/filesystem/index.ts";
import { realFiles, type StateFiles } from "../../src/state/local/state-files.ts";

// A process that dies leaves what it wrote, synced or not. The syncs are counted as operations,
// but the disk is not asked for them: thousands of runs would wait for nothing else.

const opened: Set<FileHandle> = new Set();

async function opening(path: string, flags: number, mode?: number): Promise<FileHandle> {
  const file = await open(path, flags, mode);
  opened.add(file);
  return file;
}

async function closing(file: FileHandle): Promise<void> {
  opened.delete(file);
  await file.close();
}

/** Closes what processes that died had open, as their system would. */
export async function closeAbandoned(): Promise<void> {
  await Promise.all([...opened].map(closing));
}

const idle = (): Promise<void> => Promise.resolve();

export const unsyncedState: StateFiles = Object.freeze({
  ...realFiles,
  makeFolder: async (path: string): Promise<void> => void (await mkdir(path, { recursive: true })),
  create: (path: string, chunks: readonly Uint8Array[]): Promise<void> =>
    writeFile(path, Buffer.concat(chunks), { flag: "wx", mode: 0o600 }),
  syncFolder: idle,
  async openJournal(path: string) {
    const file = await opening(path, constants.O_WRONLY | constants.O_APPEND);
    return {
      append: async (bytes: Uint8Array): Promise<void> => void (await file.write(bytes)),
      sync: idle,
      truncate: (byteCount: number): Promise<void> => file.truncate(byteCount),
      close: (): Promise<void> => closing(file),
    };
  },
});

export const unsyncedRepository: RepositoryFs = Object.freeze({
  ...nodeFs,
  async create(path: string, mode: number) {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    const file = await opening(path, flags, mode);
    return {
      write: (bytes: Uint8Array): Promise<void> => file.writeFile(bytes),
      sync: async (mtime?: Date): Promise<void> => {
        if (mtime !== undefined) await file.utimes(mtime, mtime);
      },
      close: (): Promise<void> => closing(file),
    };
  },
  syncFolder: idle,
});

export const unsyncedLancedb: LancedbFs = Object.freeze({
  ...realFs,
  sync: idle,
  writeNew: (path: string, text: string): Promise<void> => writeFile(path, text, { flag: "wx" }),
});
