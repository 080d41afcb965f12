import type { Clock } from "../../../clock/clock.ts";
import type { Failure } from "./errors.ts";

/** How an attempt ended. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

const ATTEMPT_COUNT = 3;
const BASE_MS = 200;
const CAP_MS = 5000;

/** A server that wants more than that gets the error back at once: its caller knows better. */
const PATIENCE_MS = 30_000;

interface Attempts {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** How many at most. */
  readonly count?: number | undefined;
}

/**
 * Makes a call several times, as long as its failure says that another attempt can do no harm.
 * The pause is what the server asks for, else uniform below a bound that doubles.
 *
 * @throws SnapformError the last failure's
 */
export async function withAttempts<T>(
  { clock, signal, count = ATTEMPT_COUNT }: Attempts,
  attempt: () => Promise<Outcome<T>>,
): Promise<T> {
  for (let made = 1; ; made += 1) {
    const outcome = await attempt();
    if (outcome.ok) return outcome.value;
    const { failure } = outcome;
    if (made >= count || !(await waitToRepeat(clock, signal, failure, made))) {
      throw failure.error;
    }
  }
}

/** Waits before attempt number `made` + 1; false, without a wait, when there must be none. */
export async function waitToRepeat(
  clock: Clock,
  signal: AbortSignal | undefined,
  failure: Failure,
  made: number,
): Promise<boolean> {
  if (!failure.mayRepeat || signal?.aborted === true) return false;
  if (failure.waitMs !== null && failure.waitMs > PATIENCE_MS) return false;
  const boundMs = Math.min(CAP_MS, BASE_MS * 2 ** (made - 1));
  try {
    await clock.sleep(failure.waitMs ?? clock.random() * boundMs, signal);
    return true;
  } catch {
    return false;
  }
}
