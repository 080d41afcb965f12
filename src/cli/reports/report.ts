// Reports: what an apply tells while it works, as it comes in. One for terminals (lines that are
// redrawn), one for logs (plain lines), one for programs (JSON lines). May know the context, the
// types of apply and the texts of the views. Invariant: a report never makes an apply fail, and
// leaves the screen as a following line expects it.
import type { ApplyEvent } from "../../apply/events.ts";
import type { Clock } from "../../clock/clock.ts";
import type { Plan } from "../../plan/plan.ts";

export interface Report {
  /** The plan has been approved. */
  begin(plan: Plan): void;
  tell(event: ApplyEvent): void;
  /** Leaves the screen to others, e.g. for a question. */
  pause(): void;
  close(): void;
  /** Since the approval, or since the beginning where nobody had to approve. */
  elapsedMs(): number;
}

/** Measures from when it is made, or from the last `restart`. */
export function stopwatch(clock: Clock): { restart: () => void; elapsedMs: () => number } {
  let startedMs = clock.monotonicMs();
  return {
    restart: () => void (startedMs = clock.monotonicMs()),
    elapsedMs: () => clock.monotonicMs() - startedMs,
  };
}
