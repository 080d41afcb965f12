import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** So many bytes of a stream may lie about before they are collected. */
const COLLECT_BYTES = 8 * 1024 * 1024;

type Collect = (options: { readonly type: "minor" }) => void;

let collect: Collect | null = null;

/** V8's own collector of young objects, which it hands out only when it is asked for by a flag. */
function findCollect(): Collect {
  try {
    setFlagsFromString("--expose-gc");
    const found: unknown = runInNewContext("gc");
    setFlagsFromString("--no-expose-gc");
    return typeof found === "function" ? (found as Collect) : (): void => undefined;
  } catch {
    return () => undefined;
  }
}

let passedBytes = 0;

/**
 * Counts bytes of streams that have passed, and now and then collects the memory that they came in.
 * V8 weighs the small objects around it and not the buffers themselves, so left alone it keeps
 * tens of megabytes of dead buffers; used again at once, they are still in the processor's cache.
 */
export function bytesHavePassed(byteCount: number): void {
  passedBytes += byteCount;
  if (passedBytes < COLLECT_BYTES) return;
  passedBytes = 0;
  collect ??= findCollect();
  collect({ type: "minor" });
}
