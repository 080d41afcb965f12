import { isSnapformError, SnapformError } from "../../errors/index.ts";
import type { CallContext } from "./definition.ts";
import type { Session } from "./session.ts";

export interface Effect {
  /** For an error: `create`, `read the data source`. */
  readonly doing: string;
  readonly limitMs?: number | null;
}

/**
 * Lets a resource touch the world, until it is done, Terraform stops it or its time is over. It is
 * always waited for, except when the process itself is dying. What it throws is thrown on.
 */
export async function runEffect<C, T>(
  session: Session<C>,
  effect: Effect,
  run: (context: CallContext<C>) => Promise<T>,
): Promise<T> {
  const { clock, log } = session;
  const configured = needConfigured(session);
  const { signal, release } = signalOf(session, effect);
  try {
    return await session.untilCrash(run({ configured, signal, clock, log }));
  } catch (error) {
    // An interrupted library says "aborted"; why it was interrupted is what the user wants to know.
    throw signal.aborted && !isSnapformError(error) ? signal.reason : error;
  } finally {
    release();
  }
}

/** Aborted by Terraform's stop, and when the time is over. */
function signalOf<C>(
  { stop, clock }: Session<C>,
  { doing, limitMs = null }: Effect,
): { readonly signal: AbortSignal; readonly release: () => void } {
  if (limitMs === null) return { signal: stop.signal, release: () => undefined };
  const done = new AbortController();
  const expired = new AbortController();
  clock.sleep(limitMs, done.signal).then(
    () => expired.abort(tooLong(doing, limitMs)),
    () => undefined,
  );
  return { signal: AbortSignal.any([stop.signal, expired.signal]), release: () => done.abort() };
}

function needConfigured<C>(session: Session<C>): C {
  if (session.configured.is === "ready") return session.configured.value;
  if (session.configured.is === "unset") {
    throw new SnapformError("failed-precondition", "the provider was not configured");
  }
  throw new SnapformError("failed-precondition", "the provider's configuration is not known yet", {
    hint:
      "It depends on something that is only known after apply. " +
      "Apply that first with -target, or give the provider a value that is known.",
  });
}

function tooLong(doing: string, limitMs: number): SnapformError {
  return new SnapformError("deadline-exceeded", `${doing} took longer than ${limitMs / 1000} s`, {
    hint: "Allow more time in the block `timeouts` of the resource.",
  });
}
