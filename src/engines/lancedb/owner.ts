import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import type { Json } from "../../snapshot/manifest.ts";

/** Names a process so that another one on the same machine can tell that it is gone. */
export interface Owner {
  readonly host: string;
  /** This start of the machine and this container's process numbers; null where unknown. */
  readonly bootId: string | null;
  readonly processId: number | null;
  /** When the process started, in ticks since the boot: tells a reused id apart. */
  readonly processStart: string | null;
}

/** This process. */
export async function thisOwner(): Promise<Owner> {
  const processId = Number(await readlink("/proc/self").catch(() => "")) || null;
  const processStart = processId === null ? null : await startOf(processId);
  return { host: hostname(), bootId: await bootId(), processId, processStart };
}

/** True: certainly gone. False: it runs. Null: cannot be told from here. */
export async function isGone(owner: Owner): Promise<boolean | null> {
  if (owner.host !== hostname() || owner.bootId === null || owner.processId === null) return null;
  const [boot, namespace] = owner.bootId.split(" ");
  const [ownBoot, ownNamespace] = (await bootId())?.split(" ") ?? [];
  if (ownBoot === undefined) return null;
  if (boot !== ownBoot) return true;
  if (namespace !== ownNamespace) return null;
  const start = await startOf(owner.processId);
  return start === null || start !== owner.processStart;
}

export function ownerToJson(owner: Owner): Json {
  return { ...owner };
}

/** An owner from JSON text; null when it is none. */
export function parseOwner(value: unknown): Owner | null {
  if (typeof value !== "object" || value === null) return null;
  const { host, bootId: boot, processId, processStart } = value as Partial<Owner>;
  if (typeof host !== "string") return null;
  return {
    host,
    bootId: typeof boot === "string" ? boot : null,
    processId: typeof processId === "number" ? processId : null,
    processStart: typeof processStart === "string" ? processStart : null,
  };
}

async function bootId(): Promise<string | null> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    // Containers of one machine share the boot but not the process numbers.
    return `${boot.trim()} ${await readlink("/proc/self/ns/pid")}`;
  } catch {
    return null;
  }
}

async function startOf(processId: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${processId}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold anything.
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
