import type { EngineContext } from "../../engine/driver.ts";
import { isSnapformError, SnapformError } from "../../errors/index.ts";
import { cancelledError, isAbort } from "../../engine/cancelled.ts";
import type { QdrantSetting } from "./setting.ts";

/** How long one who has cancelled is kept waiting by the clearing. */
const CANCELLED_MS = 20_000;

/**
 * Clears up after a failure and gives the error to throw. Clearing is not stopped by the signal
 * that stopped the work, but has only so much time then; when it does not come to its end, the
 * outcome is unknown, and whoever recovers the run goes on.
 */
export async function underWay(
  setting: QdrantSetting,
  error: unknown,
  { signal }: EngineContext,
  clear: (signal: AbortSignal) => Promise<void>,
): Promise<SnapformError> {
  const failure = failureOf(error, signal);
  const isCleared = await withPatience(setting, signal.aborted ? CANCELLED_MS : null, clear);
  const { code, message, retryable, hint, cause } = failure;
  return new SnapformError(code, message, {
    retryable,
    outcomeUnknown: !isCleared,
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The failure as an error of ours. */
export function failureOf(error: unknown, signal: AbortSignal): SnapformError {
  if (isSnapformError(error)) return error;
  if (isAbort(error, signal)) return cancelledError("the restore", error);
  const message = error instanceof Error ? error.message : String(error);
  return new SnapformError("internal", message, { cause: error });
}

/** The same error with more to say. */
export function withMore(
  error: SnapformError,
  text: string,
  options: { readonly outcomeUnknown: boolean; readonly hint: string },
): SnapformError {
  const { code, message, retryable, cause } = error;
  return new SnapformError(code, `${message}; ${text}`, { retryable, cause, ...options });
}

async function withPatience(
  { clock }: QdrantSetting,
  limitMs: number | null,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const over = new AbortController();
  const impatient = new AbortController();
  const cut =
    limitMs === null
      ? null
      : clock.sleep(limitMs, over.signal).then(
          () => impatient.abort(),
          () => undefined,
        );
  try {
    await work(impatient.signal);
    return true;
  } catch {
    // The failure that led here is the one to be told; this one is met again on recovery.
    return false;
  } finally {
    over.abort();
    await cut;
  }
}
