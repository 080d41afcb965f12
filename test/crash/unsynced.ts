import { constants } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import { realFs, type LancedbFs } from "../../src/engines/lancedb/fs.ts";
import { nodeFs, type RepositoryFs } from "../../src/repository/filesystem/index.ts";
import { realFiles, type StateFiles } from "../../src/state/local/state-files.ts";

// A process that dies leaves what it wrote, synced or not. The syncs are counted as operations,
// but the disk is not asked for them: thousands of runs would wait for nothing else.

const idle = (): Promise<void> => Promise.resolve();

export const unsyncedState: StateFiles = Object.freeze({
  ...realFiles,
  makeFolder: async (path: string): Promise<void> => void (await mkdir(path, { recursive: true })),
  create: (path: string, chunks: readonly Uint8Array[]): Promise<void> =>
    writeFile(path, Buffer.concat(chunks), { flag: "wx", mode: 0o600 }),
  syncFolder: idle,
  async openJournal(path: string) {
    const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
    return {
      append: async (bytes: Uint8Array): Promise<void> => void (await file.write(bytes)),
      sync: idle,
      truncate: (byteCount: number): Promise<void> => file.truncate(byteCount),
      close: (): Promise<void> => file.close(),
    };
  },
});

export const unsyncedRepository: RepositoryFs = Object.freeze({
  ...nodeFs,
  async create(path: string, mode: number) {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    const file = await open(path, flags, mode);
    return {
      write: (bytes: Uint8Array): Promise<void> => file.writeFile(bytes),
      sync: async (mtime?: Date): Promise<void> => {
        if (mtime !== undefined) await file.utimes(mtime, mtime);
      },
      close: (): Promise<void> => file.close(),
    };
  },
  syncFolder: idle,
});

export const unsyncedLancedb: LancedbFs = Object.freeze({
  ...realFs,
  sync: idle,
  writeNew: (path: string, text: string): Promise<void> => writeFile(path, text, { flag: "wx" }),
});
