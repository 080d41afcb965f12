import type { CliContext } from "../context.ts";
import { formatBytes } from "../text/units.ts";

const redrawEveryMs = 100;

/** Work that tells how many bytes of how many it has done. */
export interface ProgressLine {
  during<T>(work: (onProgress: (done: number, total: number) => void) => Promise<T>): Promise<T>;
}

/** One line that is redrawn on a terminal and gone at the end; elsewhere nothing. */
export function openProgress(
  context: CliContext,
  { json }: { readonly json: boolean },
  what: string,
): ProgressLine {
  const { stdout, clock, isTTY, env } = context;
  const isLive = isTTY && !json && env["TERM"] !== "dumb";
  let drawnMs = -Infinity;
  const onProgress = (done: number, total: number): void => {
    const nowMs = clock.monotonicMs();
    if (!isLive || nowMs - drawnMs < redrawEveryMs) return;
    drawnMs = nowMs;
    stdout.write(`\r\u001b[K${what}: ${formatBytes(done)} of ${formatBytes(total)}`);
  };
  return {
    async during(work) {
      try {
        return await work(onProgress);
      } finally {
        if (drawnMs >= 0) stdout.write("\r\u001b[K");
      }
    },
  };
}
