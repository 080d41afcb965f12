import type { ApplyEvent } from "../../apply/events.ts";
import type { CliContext } from "../context.ts";
import type { Screen } from "../text/style.ts";
import { block } from "../text/width.ts";
import { eventLine, runningLine, type Running } from "../views/apply-human.ts";
import { stopwatch, type Report } from "./report.ts";

const redrawEveryMs = 100;
/** More actions than that are summed up in one line. */
const mostLines = 8;

/**
 * One line per running action with bytes and rate, redrawn in place below what is done. Drawn when
 * something happens and, so that a silent action still shows its time, every second.
 */
export function openLiveReport(
  context: CliContext,
  { screen }: { readonly screen: Screen },
): Report {
  const { stdout, clock } = context;
  const watch = stopwatch(clock);
  const running = new Map<string, Running>();
  const stopped = new AbortController();
  let drawnCount = 0;
  let drawnMs = -Infinity;

  const erase = (): void => {
    if (drawnCount > 0) stdout.write(`\u001b[${drawnCount}A\u001b[0J`);
    drawnCount = 0;
  };
  const draw = (): void => {
    const nowMs = clock.monotonicMs();
    drawnMs = nowMs;
    const columns = Math.max(20, context.columns());
    const shown = [...running.values()].slice(0, mostLines);
    const lines = shown.map((entry) => runningLine(entry, nowMs, columns - 1));
    const rest = running.size - shown.length;
    if (rest > 0) lines.push(`  ... and ${rest} more`);
    erase();
    if (lines.length > 0) stdout.write(`${lines.map(screen.style.dim).join("\n")}\n`);
    drawnCount = lines.length;
  };
  const tick = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        await clock.sleep(1_000, stopped.signal);
      } catch {
        return;
      }
      if (running.size > 0) draw();
    }
  };

  void tick();
  return {
    elapsedMs: watch.elapsedMs,
    begin: () => watch.restart(),
    tell(event) {
      follow(event, running, clock.monotonicMs());
      const line = eventLine(event, screen.style, false);
      if (line !== null) {
        erase();
        stdout.write(`${block(line, 0, context.columns(), 2)}\n`);
      }
      if (line !== null || clock.monotonicMs() - drawnMs >= redrawEveryMs) draw();
    },
    pause: erase,
    close() {
      stopped.abort();
      erase();
    },
  };
}

function follow(event: ApplyEvent, running: Map<string, Running>, nowMs: number): void {
  if (event.type === "started") {
    running.set(event.action.id, { action: event.action, startedMs: nowMs, progress: null });
  } else if (event.type === "progress") {
    const known = running.get(event.action.id);
    if (known) running.set(event.action.id, { ...known, progress: event.progress });
  } else if (event.type === "finished") {
    running.delete(event.action.id);
  }
}
