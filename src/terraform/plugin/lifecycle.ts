import type { Clock } from "../../clock/clock.ts";
import { stackOfThrown } from "../server/thrown.ts";
import { writeLine, type Host } from "./host.ts";

/** A connection, as far as the end of the process concerns it. */
interface Served {
  stop(): void;
  crash(error: unknown): void;
  /** Resolves once everything that was answered has left the process. */
  drain(): Promise<void>;
}

/** Knows what is open and what runs, and ends the process when it is time. */
export interface Lifecycle {
  /** A connection was opened; the returned function says that it is closed. */
  opened(served: Served): () => void;
  /** A call has begun; the returned function says that it is answered. */
  began(): () => void;
  /** Ends the process unless somebody connects within that time. */
  expectSession(withinMs: number): void;
  /** Terraform has no more use for us. */
  shutdown(): void;
  /** We cannot go on: says why, answers what runs, ends. */
  crash(error: unknown): void;
}

/** After the reply to its Shutdown Terraform waits 2 s, then it kills. */
const SHUTDOWN_PATIENCE_MS = 1500;
const CRASH_PATIENCE_MS = 1000;

/** How long the last replies may take to leave. */
const DRAIN_PATIENCE_MS = 500;

export interface LifecycleOptions {
  readonly host: Host;
  readonly clock: Clock;
  /** Connections come and go, and Ctrl-C is meant for us. */
  readonly isDebug: boolean;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  /** The last act before the end. */
  readonly close: () => void;
}

export function openLifecycle(options: LifecycleOptions): Lifecycle {
  const { host, clock, isDebug } = options;
  const sessions = new Set<Served>();
  let runningCount = 0;
  let ending: { readonly status: number } | null = null;
  let isOver = false;

  const end = (status: number): void => {
    if (isOver) return;
    isOver = true;
    options.close();
    host.exit(status);
  };
  const endWhenIdle = (): void => {
    if (ending === null || runningCount > 0) return;
    const { status } = ending;
    const drained = Promise.all([...sessions].map((served) => served.drain()));
    void Promise.race([drained, clock.sleep(DRAIN_PATIENCE_MS)]).then(() => end(status));
  };
  /** Ends as soon as what runs is answered; `patienceMs` later in any case, unless it is null. */
  const finish = (status: number, patienceMs: number | null): void => {
    ending ??= { status };
    endWhenIdle();
    if (patienceMs !== null) void clock.sleep(patienceMs).then(() => end(status));
  };
  const lifecycle: Lifecycle = {
    opened(served) {
      sessions.add(served);
      return () => {
        sessions.delete(served);
        // Terraform is gone without a word; what it has begun is finished all the same.
        if (sessions.size === 0 && !isDebug) finish(0, null);
      };
    },
    began() {
      runningCount += 1;
      return () => {
        runningCount -= 1;
        endWhenIdle();
      };
    },
    expectSession(withinMs) {
      void clock.sleep(withinMs).then(() => {
        if (sessions.size === 0 && runningCount === 0) end(0);
      });
    },
    shutdown() {
      if (isDebug) return;
      for (const served of sessions) served.stop();
      finish(0, SHUTDOWN_PATIENCE_MS);
    },
    crash(error) {
      // Terraform shows its user what follows a line that begins like this.
      writeLine(2, options.redact(`panic: ${stackOfThrown(error)}`));
      for (const served of sessions) served.crash(error);
      finish(2, CRASH_PATIENCE_MS);
    },
  };
  listen(host, isDebug, {
    stop: () => {
      for (const served of sessions) served.stop();
      finish(130, null);
    },
    crash: (error) => lifecycle.crash(error),
    exit: options.close,
  });
  return lifecycle;
}

interface Listeners {
  readonly stop: () => void;
  readonly crash: (error: unknown) => void;
  readonly exit: () => void;
}

function listen(host: Host, isDebug: boolean, listeners: Listeners): void {
  const ignore = (): void => undefined;
  // Ctrl-C reaches the whole group of processes; Terraform tells us itself what to do about it.
  host.on("SIGINT", isDebug ? listeners.stop : ignore);
  host.on("SIGHUP", isDebug ? listeners.stop : ignore);
  host.on("SIGTERM", listeners.stop);
  host.on("uncaughtException", listeners.crash);
  host.on("unhandledRejection", listeners.crash);
  host.on("exit", listeners.exit);
}
