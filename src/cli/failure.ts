import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { ERROR_CODES, isSnapformError, SnapformError, type ExitName } from "../errors/index.ts";
import type { CliContext } from "./context.ts";
import { screenOf } from "./screen.ts";
import { VERSION } from "./version.ts";
import { failureHuman } from "./views/failure-human.ts";
import { failureJson } from "./views/failure-json.ts";

/** A mistake on the command line. */
export function usageError(message: string, hint: string): SnapformError {
  return new SnapformError("usage", message, { hint });
}

/** Shows a failure on standard error; gives how the process then exits. */
export function showFailure(
  context: CliContext,
  flags: { readonly json: boolean; readonly noColor: boolean },
  failure: unknown,
  diagnostics: readonly Diagnostic[] = [],
): ExitName {
  const error = cancelledIfAborted(failure, context.signal);
  const runtime = `node ${context.nodeVersion}`;
  context.stderr.write(
    flags.json
      ? failureJson(error, diagnostics)
      : failureHuman(error, screenOf(context, flags.noColor), { version: VERSION, runtime }),
  );
  return isSnapformError(error) ? ERROR_CODES[error.code].exit : "error";
}

/** What breaks off because of Ctrl-C was cancelled, however the runtime calls it. */
function cancelledIfAborted(failure: unknown, signal: AbortSignal): unknown {
  const name = failure instanceof Error ? failure.name : "";
  const isAbort = failure === signal.reason || name === "AbortError";
  return signal.aborted && isAbort ? new SnapformError("cancelled", "stopped") : failure;
}
