import type { Clock } from "../../../clock/clock.ts";
import type { Connection } from "./connection.ts";

/** What every call to a node needs. */
export interface Wire {
  readonly node: string;
  /** The prefix of all paths, without a slash at its end. */
  readonly prefix: string;
  readonly connection: Connection;
  readonly clock: Clock;
  /** Credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that no message may hold. */
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
}

/** A call as its failures need to know it. */
export interface Call {
  readonly node: string;
  /** What is being done, e.g. `listing the snapshots of "docs"`. */
  readonly doing: string;
  /** True when repeating the call changes nothing, so that a lost answer does no harm. */
  readonly safe: boolean;
  readonly secrets: readonly string[];
  readonly signal: AbortSignal | undefined;
}
