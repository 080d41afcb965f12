import { readFile, readlink } from "node:fs/promises";
import { hostname, uptime } from "node:os";
import type { Clock } from "../../clock/clock.ts";
import type { LockOwner } from "../state-store.ts";
import { errorCodeOf } from "./state-files.ts";

/** A process, told apart from every other one that ever ran; `""` where the system cannot say. */
export type ProcessIdentity = Pick<LockOwner, "host" | "bootId" | "pid" | "processStart">;

/** What a lock needs to know of processes. */
export interface Processes {
  self(): Promise<ProcessIdentity>;
  /** True only when it is certain that this process has ended. */
  isDead(other: ProcessIdentity): Promise<boolean>;
}

/** The processes of this machine. */
export function systemProcesses(clock: Clock): Processes {
  const self = async (): Promise<ProcessIdentity> =>
    Object.freeze({
      host: hostname(),
      bootId: await bootIdOf(clock),
      pid: process.pid,
      processStart: (await statOf(process.pid))?.start ?? "",
    });
  return Object.freeze({
    self,
    async isDead(other: ProcessIdentity): Promise<boolean> {
      const { host, bootId } = await self();
      if (other.host !== host || other.bootId !== bootId || bootId === "") return false;
      if (!answers(other.pid)) return true;
      const stat = await statOf(other.pid);
      if (!stat) return false;
      return stat.ended || (other.processStart !== "" && other.processStart !== stat.start);
    },
  });
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCodeOf(error) !== "ESRCH";
  }
}

// Containers of one machine share its boot id but not the numbers of their processes, so the
// namespace of the numbers belongs to it.
async function bootIdOf(clock: Clock): Promise<string> {
  try {
    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
    return `${boot} ${await readlink("/proc/self/ns/pid")}`;
  } catch {
    // A wrong minute only means that the lease has to run out first.
    const minute = Math.round((clock.now().getTime() / 1000 - uptime()) / 60);
    return `minute ${minute}`;
  }
}

interface ProcessStat {
  readonly start: string;
  readonly ended: boolean;
}

// proc(5): the name in field 2 may hold spaces and brackets; field 3 is the state, 22 the start.
async function statOf(pid: number): Promise<ProcessStat | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { start: fields[19] ?? "", ended: fields[0] === "Z" || fields[0] === "X" };
  } catch {
    return null;
  }
}
