import { Worker } from "node:worker_threads";
import { SnapformError } from "../../errors/index.ts";
import { cancelControl, type AssistTask, type CopyTask, type HashTask } from "./copy-task.ts";
import type { WorkerReply, WorkerRequest } from "./copy-worker.ts";
import { errorOf, type ThreadFailure } from "./thread-failure.ts";

/** What is watched while a task runs. */
export interface TaskWatch {
  readonly signal: AbortSignal;
  progress(bytes: number): void;
}

/** Threads that copy and hash files; started with the first task and kept until `close`. */
export interface CopyPool {
  /** Copies, hashes and makes durable; answers the hash. */
  run(task: CopyTask | HashTask, watch: TaskWatch): Promise<string>;
  /** How many threads there are at most. */
  readonly width: number;
  close(): Promise<void>;
}

interface Job {
  readonly id: number;
  readonly task: CopyTask | HashTask | AssistTask;
  readonly watch: Pick<TaskWatch, "progress">;
  readonly resolve: (hash: string) => void;
  readonly reject: (error: unknown) => void;
  /** The target exists, so that another thread may help. */
  started: boolean;
  assisted: boolean;
  /** Its thread is free again; only the disk is still at work. */
  freed: boolean;
}

interface Seat {
  readonly worker: Worker;
  busy: boolean;
  readonly jobs: Set<Job>;
}

/** Below this a second thread is not worth its trouble. */
const ASSIST_FROM_BYTES = 64 * 1024 * 1024;

function startWorker(): Worker {
  return new Worker(
    new URL(
      import.meta.url.endsWith(".ts") ? "./copy-worker.ts" : "./copy-worker.js",
      import.meta.url,
    ),
  );
}

function failure(reply: ThreadFailure): Error {
  const { code, message } = reply;
  if (code === "aborted" || code === "cancelled") {
    return new SnapformError(code, message, { retryable: code === "aborted" });
  }
  return errorOf(reply);
}

class WorkerPool implements CopyPool {
  readonly width: number;
  readonly #seats: Seat[] = [];
  readonly #waiting: Job[] = [];
  readonly #running = new Map<number, Job>();
  #nextId = 0;
  #closed = false;

  constructor(width: number) {
    this.width = width;
  }

  run(task: CopyTask | HashTask, watch: TaskWatch): Promise<string> {
    if (this.#closed) {
      return Promise.reject(new SnapformError("cancelled", "the repository was closed"));
    }
    const stop = (): void => cancelControl(task.control);
    if (watch.signal.aborted) stop();
    watch.signal.addEventListener("abort", stop, { once: true });
    return new Promise<string>((resolve, reject) => {
      this.#waiting.push(this.#job(task, watch, resolve, reject));
      this.#dispatch();
    }).finally(() => {
      // An assistant that is still at it has nothing left to help with.
      stop();
      watch.signal.removeEventListener("abort", stop);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const seats = this.#seats.splice(0);
    const end = (seat: Seat): Promise<unknown> => {
      // Else a process that has nothing else to do would end before this does.
      seat.worker.ref();
      return seat.worker.terminate();
    };
    await Promise.all(seats.map(end));
    const closed = new SnapformError("cancelled", "the repository was closed");
    for (const job of [...this.#waiting.splice(0), ...this.#running.values()]) job.reject(closed);
    this.#running.clear();
  }

  #job(
    task: Job["task"],
    watch: Job["watch"],
    resolve: Job["resolve"],
    reject: Job["reject"],
  ): Job {
    const id = this.#nextId++;
    const state = { started: false, assisted: false, freed: false };
    return { id, task, watch, resolve, reject, ...state };
  }

  #dispatch(): void {
    for (;;) {
      const seat = this.#seats.find((one) => !one.busy);
      if (seat === undefined && this.#seats.length >= this.width) return;
      const job = this.#waiting.shift() ?? this.#assistance();
      if (job === null) return;
      this.#start(job, seat ?? this.#addSeat());
    }
  }

  #addSeat(): Seat {
    const seat: Seat = { worker: startWorker(), busy: false, jobs: new Set() };
    seat.worker.unref();
    seat.worker.on("message", (reply: WorkerReply) => this.#onReply(seat, reply));
    seat.worker.on("error", (error) => this.#onDeath(seat, error));
    this.#seats.push(seat);
    return seat;
  }

  /** Help for the biggest copy that runs alone, when a thread has nothing else to do. */
  #assistance(): Job | null {
    let lead: Job | null = null;
    for (const job of this.#running.values()) {
      if (job.task.kind !== "copy" || !job.started || job.assisted) continue;
      if (job.task.size < ASSIST_FROM_BYTES) continue;
      if (lead === null || job.task.size > lead.task.size) lead = job;
    }
    if (lead === null || lead.task.kind !== "copy") return null;
    lead.assisted = true;
    const { source, target, size, control } = lead.task;
    const task: AssistTask = { kind: "assist", source, target, size, control };
    // Where help fails the leader goes on alone and meets the reason itself.
    return this.#job(
      task,
      lead.watch,
      () => undefined,
      () => undefined,
    );
  }

  #start(job: Job, seat: Seat): void {
    seat.busy = true;
    seat.jobs.add(job);
    seat.worker.ref();
    this.#running.set(job.id, job);
    const request: WorkerRequest = { id: job.id, task: job.task };
    seat.worker.postMessage(request);
  }

  #onReply(seat: Seat, reply: WorkerReply): void {
    const job = this.#running.get(reply.id);
    if (job === undefined) return;
    if (reply.kind === "progress") {
      job.started = true;
      job.watch.progress(reply.bytes);
    } else if (reply.kind === "free") {
      seat.busy = false;
      job.assisted = true;
      job.freed = true;
    } else {
      this.#finish(seat, job);
      if (reply.kind === "done") job.resolve(reply.hash);
      else job.reject(failure(reply));
    }
    this.#dispatch();
  }

  #finish(seat: Seat, job: Job): void {
    this.#running.delete(job.id);
    seat.jobs.delete(job);
    if (!job.freed) seat.busy = false;
    if (seat.jobs.size === 0) seat.worker.unref();
  }

  /** A thread that died takes its tasks with it; the next task starts another. */
  #onDeath(seat: Seat, error: unknown): void {
    const at = this.#seats.indexOf(seat);
    if (at >= 0) this.#seats.splice(at, 1);
    for (const job of seat.jobs) {
      cancelControl(job.task.control);
      this.#running.delete(job.id);
      job.reject(error);
    }
    this.#dispatch();
  }
}

/** Makes a pool of at most `width` threads; none is started yet. */
export function createCopyPool(width: number): CopyPool {
  return new WorkerPool(Math.max(1, width));
}
