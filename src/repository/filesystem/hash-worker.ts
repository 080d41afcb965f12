import { closeSync, openSync, readSync } from "node:fs";
import { parentPort, type MessagePort } from "node:worker_threads";
import type { HashName } from "../../snapshot/manifest.ts";
import { createHasher, type Hasher } from "./hasher.ts";
import { slotsOf } from "./stream-memory.ts";
import { failureOf, type ThreadFailure } from "./thread-failure.ts";

/** Hashes of the same bytes. */
export type Digests = Readonly<Partial<Record<HashName, string>>>;

/** One step of a running hash. Each is answered, in the order in which they were asked. */
export type HashStep =
  | {
      readonly kind: "start";
      readonly names: readonly HashName[];
      readonly memory: SharedArrayBuffer;
    }
  | { readonly kind: "slot"; readonly slot: number; readonly byteCount: number }
  | { readonly kind: "file"; readonly path: string; readonly start: number; readonly end: number }
  | { readonly kind: "digest" }
  | { readonly kind: "close" };

export interface HashRequest {
  readonly id: number;
  readonly step: HashStep;
}

export type HashReply =
  | { readonly id: number; readonly kind: "done"; readonly digests: Digests }
  | (ThreadFailure & { readonly id: number });

const READ_BYTES = 1024 * 1024;

interface Running {
  readonly hashers: readonly (readonly [HashName, Hasher])[];
  readonly slots: readonly Uint8Array[];
}

async function begin(step: Extract<HashStep, { kind: "start" }>): Promise<Running> {
  const hashers: [HashName, Hasher][] = [];
  for (const name of step.names) hashers.push([name, await createHasher(name)]);
  return { hashers, slots: slotsOf(step.memory) };
}

function update(running: Running, bytes: Uint8Array): void {
  for (const [, hasher] of running.hashers) hasher.update(bytes);
}

function updateFromFile(running: Running, step: Extract<HashStep, { kind: "file" }>): void {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const fd = openSync(step.path, "r");
  try {
    for (let at = step.start; at < step.end;) {
      const count = readSync(fd, buffer, 0, Math.min(READ_BYTES, step.end - at), at);
      if (count === 0) throw Object.assign(new Error("the file ended"), { path: step.path });
      update(running, buffer.subarray(0, count));
      at += count;
    }
  } finally {
    closeSync(fd);
  }
}

const NOTHING: Digests = Object.freeze({});

function advance(running: Running, step: HashStep): Digests {
  if (step.kind === "slot") {
    const slot = running.slots[step.slot] as Uint8Array;
    update(running, slot.subarray(0, step.byteCount));
  }
  if (step.kind === "file") updateFromFile(running, step);
  if (step.kind !== "digest") return NOTHING;
  return Object.fromEntries(running.hashers.map(([name, hasher]) => [name, hasher.digest()]));
}

function serve(port: MessagePort): void {
  const all = new Map<number, Promise<Running>>();
  port.on("message", ({ id, step }: HashRequest) => {
    const running = step.kind === "start" ? begin(step) : all.get(id);
    if (running === undefined) return;
    if (step.kind === "close") all.delete(id);
    else all.set(id, running);
    void running
      .then((one) => advance(one, step))
      .then(
        (digests): HashReply => ({ id, kind: "done", digests }),
        (error: unknown): HashReply => ({ id, ...failureOf(error) }),
      )
      .then((reply) => port.postMessage(reply));
  });
}

if (parentPort !== null) serve(parentPort);
