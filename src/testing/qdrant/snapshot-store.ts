import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import { refuse, type SentFile } from "./answer.ts";

/** How the protocol describes one snapshot. */
export interface SnapshotDescription {
  readonly name: string;
  readonly creation_time: string;
  readonly size: number;
  readonly checksum?: string;
}

/** The snapshot files of one node, or of all nodes where they share an object store. */
export class SnapshotStore {
  readonly root: string;
  readonly #isShared: boolean;
  readonly #clock: Clock;
  readonly #birth: Map<string, Date> = new Map();

  constructor(root: string, isShared: boolean, clock: Clock) {
    this.root = root;
    this.#isShared = isShared;
    this.#clock = clock;
  }

  /** Takes a finished file in; one of the same name is overwritten. */
  async publish(
    temporary: string,
    folder: string,
    name: string,
    withChecksum = true,
  ): Promise<SnapshotDescription> {
    const path = join(this.root, folder, name);
    const checksum = withChecksum && !this.#isShared ? await sha256Of(temporary) : null;
    await mkdir(dirname(path), { recursive: true });
    await rename(temporary, path);
    this.#birth.set(path, this.#clock.now());
    if (checksum === null) await rm(`${path}.checksum`, { force: true });
    else await writeFile(`${path}.checksum`, checksum);
    return this.#describe(path);
  }

  /** Takes a file in as it was sent: without a checksum. Returns where it lies. */
  async keep(temporary: string, folder: string, name: string): Promise<string> {
    await this.publish(temporary, folder, name, false);
    return join(this.root, folder, name);
  }

  /** The snapshots of a folder in no order; a missing folder has none. */
  async list(folder: string): Promise<readonly SnapshotDescription[]> {
    const found = await this.#names(folder);
    const paths = found.map((name) => join(this.root, folder, name));
    const described = await Promise.all(paths.map((path) => this.#describe(path)));
    const order = (name: string): string => createHash("md5").update(name).digest("hex");
    return described.toSorted((a, b) => (order(a.name) < order(b.name) ? -1 : 1));
  }

  async #names(folder: string): Promise<string[]> {
    const entries = await readdir(join(this.root, folder), {
      recursive: this.#isShared,
      withFileTypes: true,
    }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile());
    if (this.#isShared) {
      const cut = join(this.root, folder).length + 1;
      return files.map((entry) => join(entry.parentPath, entry.name).slice(cut));
    }
    return files.map((entry) => entry.name).filter((name) => name.endsWith(".snapshot"));
  }

  /** Refuses with 404 where there is no such file, and for names that lead elsewhere. */
  async find(folder: string, name: string): Promise<SentFile> {
    const path = join(this.root, folder, name);
    const isName = name !== "" && !/[/\\\0]/.test(name) && name !== "." && name !== "..";
    const found = isName ? await stat(path).catch(() => null) : null;
    if (!found?.isFile()) refuse(404, `Not found: Snapshot ${name} not found`);
    return { path, name, modifiedAt: this.#born(path, found.birthtime), ranged: !this.#isShared };
  }

  async remove(folder: string, name: string): Promise<void> {
    const { path } = await this.find(folder, name);
    await rm(path, { force: true });
    await rm(`${path}.checksum`, { force: true });
    this.#birth.delete(path);
  }

  async #describe(path: string): Promise<SnapshotDescription> {
    const found = await stat(path);
    const born = this.#born(path, found.birthtime).toISOString().slice(0, -1);
    const checksum = this.#isShared
      ? null
      : await readFile(`${path}.checksum`, "utf8").catch(() => null);
    return {
      name: basename(path),
      creation_time: this.#isShared ? born : born.slice(0, 19),
      size: found.size,
      ...(checksum === null ? {} : { checksum }),
    };
  }

  #born(path: string, fallback: Date): Date {
    return this.#birth.get(path) ?? fallback;
  }
}

/** The SHA-256 of a file, lower-case hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  await using file = await open(path, "r");
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(buffer.subarray(0, bytesRead));
  }
}

/** `2026-11-21-02-00-00`: how an instant stands in the name of a snapshot. */
export function timeInName(instant: Date): string {
  return instant.toISOString().slice(0, 19).replace(/[T:]/g, "-");
}
