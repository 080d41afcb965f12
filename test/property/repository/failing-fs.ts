import {
  nodeFs,
  type RepositoryFs,
  type StreamedFile,
} from "../../../src/repository/filesystem/index.ts";

/** The real disk, of which the change number `at` (from 1) fails; of a write half is done. */
export function failingFs(at: number, code: "ENOSPC" | "EIO"): RepositoryFs {
  let count = 0;
  const change = async <T>(run: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> => {
    count += 1;
    if (count !== at) return run();
    await half?.();
    throw Object.assign(new Error(`${code}: as was asked for`), { code });
  };
  const streamed = (file: StreamedFile): StreamedFile => ({
    write: (bytes, place) =>
      change(
        () => file.write(bytes, place),
        () => file.write(bytes.subarray(0, bytes.length >> 1), place),
      ),
    sync: (mtime) => change(() => file.sync(mtime)),
    close: () => file.close(),
  });
  return {
    ...nodeFs,
    makeFolder: (path) => change(() => nodeFs.makeFolder(path)),
    create: (path, mode) => change(() => nodeFs.create(path, mode)),
    openStream: (path, options) =>
      change(async () => streamed(await nodeFs.openStream(path, options))),
    rename: (from, to) => change(() => nodeFs.rename(from, to)),
    link: (from, to) => change(() => nodeFs.link(from, to)),
    unlink: (path) => change(() => nodeFs.unlink(path)),
    syncFolder: (path) => change(() => nodeFs.syncFolder(path)),
    touch: (path, time) => change(() => nodeFs.touch(path, time)),
  };
}
