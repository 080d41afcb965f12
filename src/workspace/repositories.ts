import type {
  Repository,
  RepositoryCheck,
  RepositoryListing,
  SweepResult,
} from "../repository/repository.ts";
import { withLedger, type Session } from "./session.ts";

/** Opens a repository that exists; never makes one. */
export async function openExisting(session: Session, name: string): Promise<Repository> {
  const state = await session.store.read();
  const expectedId = state?.repositories[name]?.id ?? null;
  return session.resources.repository(name, { expectedId, create: false });
}

export async function listRepository(session: Session, name: string): Promise<RepositoryListing> {
  return (await openExisting(session, name)).list();
}

export async function checkRepository(
  session: Session,
  name: string,
  options: {
    readonly readData: boolean;
    readonly onProgress: (done: number, total: number) => void;
  },
): Promise<RepositoryCheck> {
  const repository = await openExisting(session, name);
  const { readData, onProgress } = options;
  return repository.check(
    { readData },
    {
      signal: session.signal,
      progress: ({ doneBytes, totalBytes }) => onProgress(doneBytes ?? 0, totalBytes ?? 0),
    },
  );
}

/** Empties what the undo windows have released, under the lock. */
export async function pruneRepository(
  session: Session,
  name: string,
  options: { readonly dryRun: boolean; readonly lockTimeoutMs: number },
): Promise<SweepResult> {
  const { dryRun, lockTimeoutMs } = options;
  const sweep = async (): Promise<SweepResult> => {
    const repository = await openExisting(session, name);
    return repository.sweep(session.clock.now(), { dryRun }, session.signal);
  };
  if (dryRun) return sweep();
  return withLedger(session, { operation: "prune", timeoutMs: lockTimeoutMs }, async (ledger) => {
    await ledger.check();
    return sweep();
  });
}
