import type { Clock } from "../../clock/clock.ts";
import { isSnapformError, SnapformError } from "../../errors/index.ts";
import type { LockOwner, LockRequest } from "../state-store.ts";
import { nameOf } from "./lease.ts";
import type { LeaseGrant } from "./lease.ts";
import { placeLock, viewLock } from "./lock-files.ts";
import type { LockView } from "./lock-files.ts";
import type { Processes } from "./process-identity.ts";
import type { StateFiles } from "./state-files.ts";

/** What a lock is taken with. */
export interface LockPlace {
  readonly files: StateFiles;
  readonly folder: string;
  readonly clock: Clock;
  readonly processes: Processes;
}

const defaultLeaseMs = 60_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/** Takes the lock, waiting for another holder as long as the request allows. */
export async function takeLock(place: LockPlace, request: LockRequest): Promise<LeaseGrant> {
  const { clock, folder } = place;
  const untilMs = clock.monotonicMs() + request.timeoutMs;
  let pauseMs = firstPauseMs;
  let hasWaited = false;
  for (;;) {
    if (request.signal.aborted) throw cancelled(folder, request.signal.reason);
    const view = await viewLock(place.files, folder);
    const holder = await liveHolder(place, view);
    if (!holder) {
      const grant = await tryTake(place, view, request);
      if (grant) return grant;
      continue;
    }
    const leftMs = untilMs - clock.monotonicMs();
    if (leftMs <= 0) throw locked(folder, holder);
    if (!hasWaited) request.onWait?.(holder);
    hasWaited = true;
    await pause(place, Math.min(leftMs, pauseMs * (0.5 + clock.random() / 2)), request.signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

async function liveHolder(place: LockPlace, view: LockView): Promise<LockOwner | null> {
  const { owner } = view;
  if (!owner) return null;
  if (place.clock.now().getTime() > Date.parse(owner.expiresAt)) return null;
  return (await place.processes.isDead(owner)) ? null : owner;
}

// Null when somebody else was faster; who that is, the next look tells.
async function tryTake(
  place: LockPlace,
  view: LockView,
  request: LockRequest,
): Promise<LeaseGrant | null> {
  const { clock, files, folder } = place;
  const leaseMs = request.leaseMs ?? defaultLeaseMs;
  const fromMs = clock.monotonicMs();
  const acquiredAt = clock.now();
  const owner: LockOwner = Object.freeze({
    id: clock.randomHex(8),
    fence: view.fence + 1,
    ...(await place.processes.self()),
    operation: request.operation,
    acquiredAt: acquiredAt.toISOString(),
    expiresAt: new Date(acquiredAt.getTime() + leaseMs).toISOString(),
  });
  return (await placeLock(files, folder, owner)) ? { owner, leaseMs, fromMs } : null;
}

async function pause(place: LockPlace, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await place.clock.sleep(ms, signal);
  } catch (error) {
    throw cancelled(place.folder, error);
  }
}

function cancelled(folder: string, cause: unknown): SnapformError {
  if (isSnapformError(cause)) return cause;
  return new SnapformError("cancelled", `cancelled while waiting for the lock on ${folder}`, {
    cause,
  });
}

function locked(folder: string, owner: LockOwner): SnapformError {
  return new SnapformError("locked", `the state in ${folder} is locked by ${nameOf(owner)}`, {
    retryable: true,
    hint:
      "Wait until it is done (`--lock-timeout 10m` waits). If it certainly runs no more, remove " +
      `its lock with \`snapform unlock ${owner.id}\`.`,
  });
}
