import { SnapformError } from "../../errors/index.ts";
import type { Clock } from "../../clock/clock.ts";
import type { ReplicaState } from "./world.ts";

/** What goes wrong with a request. */
export type Fault =
  /** The connection is cut; nothing was done. */
  | { readonly kind: "drop-before" }
  /** The connection is cut when everything was done: the answer is lost. */
  | { readonly kind: "drop-after" }
  /** The answer, or the work itself, waits. The work goes on when the client has gone. */
  | ({ readonly kind: "delay-answer" | "delay-effect" } & Delay)
  /** Another answer in place of the work: a string is sent as text, anything else as JSON. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body?: unknown;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** 429 with `Retry-After` in whole seconds. */
  | { readonly kind: "too-many-requests"; readonly retryAfterSeconds: number }
  /** The connection is cut after so many bytes of the body; the length promised all of them. */
  | { readonly kind: "truncate"; readonly afterBytes: number }
  /** One byte of the body is another one. */
  | { readonly kind: "corrupt"; readonly atByte: number }
  /** A request for a range is answered with the whole file. */
  | { readonly kind: "ignore-range" }
  /** The body is compressed although nobody asked for it. */
  | { readonly kind: "compress" }
  /** 500: no space is left; nothing was done. */
  | { readonly kind: "disk-full" }
  /** 503: another recovery holds the lock. */
  | { readonly kind: "locked" }
  /** The node dies when the request arrives, and stays down until it is started. */
  | { readonly kind: "node-down" }
  /** The replicas that a recovery brings stay in this state, and no transfer repairs them. */
  | { readonly kind: "replicas"; readonly state: ReplicaState }
  /** With `wait=false`: 202, and the work fails without a word. */
  | { readonly kind: "background-failure" };

interface Delay {
  /** By the servers' clock. */
  readonly ms?: number;
  /** Until a test lets it go on. */
  readonly until?: Promise<unknown>;
}

/** Which requests a fault happens to. */
export interface FaultRule {
  readonly fault: Fault;
  /** Index of the node; all if left out. */
  readonly node?: number;
  readonly method?: string;
  /** Against the path as it was sent, without the query. */
  readonly path?: RegExp;
  /** The first request that suffers, counted from 1 among those that match (default 1). */
  readonly from?: number;
  /** How many suffer (default 1). */
  readonly times?: number;
}

export interface FaultHandle {
  /** How often it has happened. */
  readonly firedCount: number;
  /** How many requests matched, suffering or not. */
  readonly matchedCount: number;
  remove(): void;
}

interface Armed {
  readonly rule: FaultRule;
  firedCount: number;
  matchedCount: number;
}

/** The faults that a test has ordered. */
export class Faults {
  #armed: Armed[] = [];

  add(rule: FaultRule): FaultHandle {
    if (rule.path?.global === true || rule.path?.sticky === true) {
      throw new SnapformError("invalid-argument", "the path of a fault must not be /g or /y");
    }
    const armed: Armed = { rule, firedCount: 0, matchedCount: 0 };
    this.#armed.push(armed);
    return {
      get firedCount() {
        return armed.firedCount;
      },
      get matchedCount() {
        return armed.matchedCount;
      },
      remove: () => {
        this.#armed = this.#armed.filter((each) => each !== armed);
      },
    };
  }

  /** The faults of one request; each counts it. */
  of(node: number, method: string, path: string): RequestFaults {
    const faults: Fault[] = [];
    for (const armed of this.#armed) {
      const { rule } = armed;
      if (rule.node !== undefined && rule.node !== node) continue;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (rule.path !== undefined && !rule.path.test(path)) continue;
      armed.matchedCount += 1;
      const first = rule.from ?? 1;
      const isHit = armed.matchedCount >= first && armed.matchedCount < first + (rule.times ?? 1);
      if (!isHit) continue;
      armed.firedCount += 1;
      faults.push(rule.fault);
    }
    return new RequestFaults(faults);
  }
}

type FaultOf<K extends Fault["kind"]> = Extract<Fault, { readonly kind: K }>;

/** What is wrong with one request. */
export class RequestFaults {
  readonly #faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    this.#faults = faults;
  }

  find<K extends Fault["kind"]>(kind: K): FaultOf<K> | undefined {
    return this.#faults.find((fault): fault is FaultOf<K> => fault.kind === kind);
  }

  has(kind: Fault["kind"]): boolean {
    return this.#faults.some((fault) => fault.kind === kind);
  }

  async wait(kind: "delay-answer" | "delay-effect", clock: Clock): Promise<void> {
    for (const fault of this.#faults) {
      if (fault.kind !== kind) continue;
      const { ms, until } = fault as Delay;
      if (ms !== undefined) await clock.sleep(ms);
      await until;
    }
  }
}
