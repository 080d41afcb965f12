import { openLedger, type LedgerSession } from "../apply/ledger-session.ts";
import type { ApplyEvent } from "../apply/events.ts";
import type { World } from "../apply/world.ts";
import type { Clock } from "../clock/clock.ts";
import type { Desired } from "../desired/desired.ts";
import type { EngineContext } from "../engine/driver.ts";
import { SnapformError } from "../errors/index.ts";
import type { State } from "../ledger/state.ts";
import type { Repository } from "../repository/repository.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import type { LockOwner, StateLock, StateStore } from "../state/state-store.ts";
import { observe } from "./observe.ts";
import type { Resources } from "./resources.ts";

/** What every use of a workspace needs. */
export interface Session {
  readonly desired: Desired;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly store: StateStore;
  readonly resources: Resources;
}

export function engineContext(session: Session): EngineContext {
  return { signal: session.signal, progress: () => undefined };
}

/** @throws SnapformError `cancelled` when the look was stopped: half a look is none */
export async function observeSession(session: Session, state: State | null): Promise<Inventory> {
  const { desired, resources, clock, signal } = session;
  const context = engineContext(session);
  const inventory = await observe({ desired, state, resources, context, at: clock.now() });
  if (signal.aborted) throw new SnapformError("cancelled", "cancelled while looking at the world");
  return inventory;
}

/** The world of an apply under a ledger. */
export function worldOf(
  session: Session,
  ledger: LedgerSession,
  emit: (event: ApplyEvent) => void,
): World {
  const { desired, clock, signal, resources } = session;
  const open = async (name: string, create: boolean): Promise<Repository> => {
    const expectedId = ledger.state.repositories[name]?.id ?? null;
    const repository = await resources.repository(name, { expectedId, create });
    if (expectedId === null) {
      // Once it is used it is known, so that an unmounted disk is never taken for a new one.
      await ledger.record({ type: "repository-seen", name, id: repository.id });
    }
    return repository;
  };
  return {
    desired,
    clock,
    signal,
    emit,
    engine: (cluster) => resources.engine(cluster),
    repository: (name) => open(name, false),
    makeRepository: (name) => open(name, true),
  };
}

export interface LockedRequest {
  readonly operation: string;
  readonly timeoutMs: number;
  /** The lineage of a state that begins now: the one that a saved plan was made with. */
  readonly lineage?: string;
  readonly onWait?: (holder: LockOwner) => void;
}

/** Does something under the lock, and writes the state once at the end, however it ends. */
export async function withLedger<T>(
  session: Session,
  request: LockedRequest,
  work: (ledger: LedgerSession) => Promise<T>,
): Promise<T> {
  return withLock(session, request, async (lock) => {
    const { clock, desired } = session;
    const lineage = request.lineage ?? clock.randomHex(16);
    const ledger = openLedger(lock, clock, { project: desired.project, lineage });
    try {
      return await work(ledger);
    } finally {
      // The journal holds everything already: a failure to fold it into the state loses nothing.
      await ledger.finish().catch(() => undefined);
    }
  });
}

export async function withLock<T>(
  session: Session,
  request: LockedRequest,
  work: (lock: StateLock) => Promise<T>,
): Promise<T> {
  const { operation, timeoutMs, onWait } = request;
  const lock = await session.store.lock({
    operation,
    timeoutMs,
    signal: session.signal,
    ...(onWait === undefined ? {} : { onWait }),
  });
  let result: T;
  try {
    result = await work(lock);
  } catch (error) {
    // Why the work failed counts; a lock that stays behind ends with its process or its lease.
    await lock.release().catch(() => undefined);
    throw error;
  }
  await lock.release();
  return result;
}
