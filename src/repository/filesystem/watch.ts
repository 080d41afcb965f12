import type { EngineContext } from "../../engine/driver.ts";
import type { TaskWatch } from "./copy-pool.ts";

/** Lets tasks of the threads be stopped by the context, and tells it how far they all are. */
export function watchOf(context: EngineContext, phase: string, totalBytes: number): TaskWatch {
  let doneBytes = 0;
  return {
    signal: context.signal,
    progress(bytes): void {
      doneBytes += bytes;
      context.progress({ phase, doneBytes, totalBytes });
    },
  };
}
