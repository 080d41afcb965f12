import type { Clock } from "../clock/clock.ts";
import type { Desired } from "../desired/desired.ts";
import { openLocalStateStore } from "../state/local/local-state-store.ts";
import { openResources } from "./resources.ts";
import type { Session } from "./session.ts";

export interface SessionOptions {
  readonly desired: Desired;
  readonly statePath: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Opens what a configuration names; nothing is looked at or written yet. */
export function openSession({ desired, statePath, clock, signal }: SessionOptions): Session {
  const store = openLocalStateStore({ path: statePath, clock });
  return { desired, clock, signal, store, resources: openResources(desired, clock) };
}
