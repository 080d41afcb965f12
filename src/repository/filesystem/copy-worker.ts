import { closeSync, fsync } from "node:fs";
import { parentPort, type MessagePort } from "node:worker_threads";
import { runAssist, runCopy, runHash, type Task, type TaskBench } from "./copy-task.ts";
import { createHasher } from "./hasher.ts";
import { failureOf, type ThreadFailure } from "./thread-failure.ts";

/** From the pool to a worker. */
export interface WorkerRequest {
  readonly id: number;
  readonly task: Task;
}

/** From a worker to the pool. `free` comes before `done`: only the disk is still at work. */
export type WorkerReply =
  | { readonly id: number; readonly kind: "progress"; readonly bytes: number }
  | { readonly id: number; readonly kind: "free" }
  | { readonly id: number; readonly kind: "done"; readonly hash: string }
  | (ThreadFailure & { readonly id: number });

const BUFFER_BYTES = 1024 * 1024;

/** A copy counts only once it is durable. `fsync` runs beside the next task of this thread. */
function syncAndClose(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(fd, (error) => {
      closeSync(fd);
      if (error) reject(error);
      else resolve();
    });
  });
}

async function run(task: Task, bench: TaskBench, free: () => void): Promise<string> {
  if (task.kind === "assist") {
    const { targetFd } = runAssist(task, bench);
    free();
    await syncAndClose(targetFd);
    return "";
  }
  const hasher = await createHasher(task.hash);
  if (task.kind === "hash") return runHash(task, hasher, bench).hash;
  const { hash, targetFd } = runCopy(task, hasher, bench);
  free();
  await syncAndClose(targetFd);
  return hash;
}

function serve(port: MessagePort): void {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const reply = (message: WorkerReply): void => port.postMessage(message);
  port.on("message", ({ id, task }: WorkerRequest) => {
    const bench: TaskBench = {
      buffer,
      progress: (bytes) => reply({ id, kind: "progress", bytes }),
    };
    run(task, bench, () => reply({ id, kind: "free" })).then(
      (hash) => reply({ id, kind: "done", hash }),
      (error: unknown) => reply({ id, ...failureOf(error) }),
    );
  });
}

if (parentPort !== null) serve(parentPort);
