import type { Clock } from "../../clock/clock.ts";
import { SnapformError } from "../../errors/index.ts";
import { treeOf, type Tree } from "../wire/value.ts";
import type { ProviderDefinition } from "./definition.ts";
import type { Kinds } from "./kinds.ts";
import type { Log } from "./log.ts";
import type { Redactor } from "./redactor.ts";

/** What a provider became by its configuration: nothing yet, to be known later, or ready. */
type Configured<C> =
  | { readonly is: "unset" }
  | { readonly is: "waiting" }
  | { readonly is: "ready"; readonly value: C };

/** One connection of Terraform, with a configuration of its own: aliases may share a process. */
export interface Session<C> {
  readonly definition: ProviderDefinition<C>;
  readonly kinds: Kinds<C>;
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  configured: Configured<C>;
  /** As it was given; may hold unknown values. */
  providerConfig: Tree;
  /** Aborted by Terraform's stop. Armed anew by the next configuration. */
  stop: AbortController;
  /** What work comes to. Rejects when the process is about to die: nobody waits for it then. */
  untilCrash<T>(work: Promise<T>): Promise<T>;
  crash(error: unknown): void;
}

export interface SessionOptions {
  readonly clock: Clock;
  /** No secret of `redactor` passes it. */
  readonly log: Log;
  /** Of the whole process: what one connection taught it counts for all. */
  readonly redactor: Redactor;
}

export function openSession<C>(
  definition: ProviderDefinition<C>,
  kinds: Kinds<C>,
  { clock, log, redactor }: SessionOptions,
): Session<C> {
  let crashed: { readonly error: unknown } | null = null;
  // A race against one promise for all would keep what every call came to, as long as that lives.
  const waiting = new Set<(error: unknown) => void>();
  return {
    definition,
    kinds,
    clock,
    log,
    redactor,
    configured: { is: "unset" },
    providerConfig: treeOf([]),
    stop: new AbortController(),
    async untilCrash<T>(work: Promise<T>): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      work.then(resolve, reject);
      if (crashed !== null) reject(crashed.error);
      waiting.add(reject);
      try {
        return await promise;
      } finally {
        waiting.delete(reject);
      }
    },
    crash(error) {
      crashed = { error };
      this.stop.abort(error);
      for (const reject of waiting) reject(error);
    },
  };
}

/** Aborts what runs in a session, as Terraform's Ctrl-C does. */
export function stopSession<C>(session: Session<C>): void {
  session.stop.abort(new SnapformError("cancelled", "stopped by Terraform"));
}
