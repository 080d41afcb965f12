import type { CliContext } from "../context.ts";
import { eventLine } from "../views/apply-human.ts";
import { styleOf } from "../text/style.ts";
import { stopwatch, type Report } from "./report.ts";

/** A line per beginning and end of an action, for logs: no progress, no colours. */
export function openLinesReport({ stdout, clock }: CliContext): Report {
  const watch = stopwatch(clock);
  return {
    elapsedMs: watch.elapsedMs,
    begin: () => watch.restart(),
    tell(event) {
      const line = eventLine(event, styleOf(false), true);
      if (line !== null) stdout.write(`${line}\n`);
    },
    pause: () => undefined,
    close: () => undefined,
  };
}
