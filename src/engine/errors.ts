import { isSnapformError, SnapformError } from "../errors/index.ts";
import { cancelledError, isAbort } from "./cancelled.ts";
import type { Capture, EngineContext, EngineDriver, SourceFile } from "./driver.ts";
import { wrapDriver, type DriverMethod } from "./wrap.ts";

/** Calls that change something: after an unforeseen failure nobody knows whether they did. */
const CHANGING: ReadonlySet<DriverMethod> = new Set<DriverMethod>([
  "createNative",
  "deleteNative",
  "restore",
  "moveAlias",
]);

/**
 * Lets only SnapformErrors out. A driver maps what it foresees; the rest becomes `internal` here,
 * once, with the cluster's name, and an aborted call becomes `cancelled`.
 */
export function withErrors(driver: EngineDriver, cluster: string): EngineDriver {
  return wrapDriver(
    driver,
    async <T>(method: DriverMethod, call: () => Promise<T>, context: EngineContext | null) => {
      const guard: Guard = (error, signal) => wrapError(error, { cluster, method, signal });
      try {
        const result = await call();
        const isCapture = method === "capture" || method === "readNative";
        return isCapture ? (guardCapture(result as Capture, guard) as T) : result;
      } catch (error) {
        throw guard(error, context?.signal);
      }
    },
  );
}

type Guard = (error: unknown, signal: AbortSignal | undefined) => SnapformError;

interface Place {
  readonly cluster: string;
  readonly method: DriverMethod;
  readonly signal: AbortSignal | undefined;
}

function wrapError(error: unknown, place: Place): SnapformError {
  if (isSnapformError(error)) return error;
  const { cluster, method, signal } = place;
  const outcomeUnknown = CHANGING.has(method);
  const doing = `cluster ${cluster}: ${method}`;
  if (isAbort(error, signal)) {
    if (!outcomeUnknown) return cancelledError(doing, error);
    return new SnapformError("cancelled", `cancelled ${doing}`, { outcomeUnknown, cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new SnapformError("internal", `${doing}: ${message}`, { outcomeUnknown, cause: error });
}

/** The files of a capture are read long after the call that made it. */
function guardCapture(capture: Capture, guard: Guard): Capture {
  const guardFile = (file: SourceFile): SourceFile => ({
    path: file.path,
    size: file.size,
    ...(file.localPath === undefined ? {} : { localPath: file.localPath }),
    ...(file.knownHash === undefined ? {} : { knownHash: file.knownHash }),
    ...(file.sha256 === undefined ? {} : { sha256: file.sha256 }),
    async open(offset, signal) {
      try {
        return guardBytes(await file.open(offset, signal), guard, signal);
      } catch (error) {
        throw guard(error, signal);
      }
    },
  });
  return {
    draft: capture.draft,
    parts: capture.parts.map((part) => ({ ...part, files: part.files.map(guardFile) })),
    async close() {
      try {
        await capture.close();
      } catch (error) {
        throw guard(error, undefined);
      }
    },
  };
}

async function* guardBytes(
  bytes: AsyncIterable<Uint8Array>,
  guard: Guard,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw guard(error, signal);
  }
}
