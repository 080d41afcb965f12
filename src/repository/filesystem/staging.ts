import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { kill, pid } from "node:process";
import { codeOf } from "./filesystem-errors.ts";
import { FOLDERS, encodeSegment } from "./layout.ts";
import { makeFolders, type Store } from "./store.ts";

/** The process that a staging folder belongs to, as far as its name says. */
export interface StagingOwner {
  readonly host: string;
  readonly boot: string;
  readonly pid: number;
}

let self: StagingOwner | null = null;

/**
 * This boot and process namespace. Two containers of one host see other process numbers, so a
 * number says something only together with its namespace.
 */
function bootToken(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const namespace = readlinkSync("/proc/self/ns/pid");
    return createHash("sha256").update(`${boot} ${namespace}`).digest("hex").slice(0, 16);
  } catch {
    return "unknown";
  }
}

/** This process. */
export function stagingOwner(): StagingOwner {
  self ??= Object.freeze({ host: encodeSegment(hostname() || "host"), boot: bootToken(), pid });
  return self;
}

/** Reads the name of a staging folder; null when it is none of ours. */
export function parseStagingName(name: string): StagingOwner | null {
  const match = /^(.+)-([0-9a-f]{16}|unknown)-([0-9]+)-[0-9a-f]+$/.exec(name);
  if (match === null) return null;
  return { host: match[1] as string, boot: match[2] as string, pid: Number(match[3]) };
}

/** `unknown` where another host, boot or namespace hides it. */
export function ownerLife(owner: StagingOwner): "alive" | "dead" | "unknown" {
  const me = stagingOwner();
  if (owner.host !== me.host) return "unknown";
  if (owner.boot !== me.boot) return "unknown";
  try {
    kill(owner.pid, 0);
    return "alive";
  } catch (error) {
    return codeOf(error) === "ESRCH" ? "dead" : "alive";
  }
}

/** A folder for work in progress that only this process knows. */
export interface Staging {
  /** Absolute. */
  readonly path: string;
  /** A new file name in it. */
  next(): string;
  /** Removes it with all that is left in it. */
  remove(): Promise<void>;
}

/** Makes a staging folder for one operation. */
export async function openStaging(store: Store): Promise<Staging> {
  const { host, boot, pid: number } = stagingOwner();
  await makeFolders(store, FOLDERS.staging);
  let path: string;
  do {
    const name = `${host}-${boot}-${number}-${store.clock.randomHex(8)}`;
    path = join(store.root, FOLDERS.staging, name);
  } while (!(await store.fs.makeFolder(path)));
  let count = 0;
  return {
    path,
    next: () => join(path, `${(count += 1)}`),
    remove: () => removeTree(store, path),
  };
}

/** Removes a folder and everything in it. */
export async function removeTree(store: Pick<Store, "fs">, path: string): Promise<void> {
  for (const entry of (await store.fs.list(path)) ?? []) {
    const inside = join(path, entry.name);
    if (entry.isFolder) await removeTree(store, inside);
    else await store.fs.unlink(inside);
  }
  await store.fs.removeFolder(path);
}
