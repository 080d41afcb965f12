import type { CliContext } from "../context.ts";
import { beginJson, eventJson } from "../views/apply-json.ts";
import { stopwatch, type Report } from "./report.ts";

/** How often the progress of one action is told. */
const progressEveryMs = 1_000;

/** One JSON document per line for everything that happens. */
export function openJsonReport({ stdout, clock }: CliContext): Report {
  const watch = stopwatch(clock);
  const toldMs = new Map<string, number>();
  return {
    elapsedMs: watch.elapsedMs,
    begin(plan) {
      watch.restart();
      stdout.write(beginJson(plan));
    },
    tell(event) {
      if (event.type === "progress") {
        const nowMs = clock.monotonicMs();
        if (nowMs - (toldMs.get(event.action.id) ?? -Infinity) < progressEveryMs) return;
        toldMs.set(event.action.id, nowMs);
      }
      stdout.write(eventJson(event));
    },
    pause: () => undefined,
    close: () => undefined,
  };
}
