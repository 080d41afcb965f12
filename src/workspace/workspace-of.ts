import type { Desired } from "../desired/desired.ts";
import type { Session } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** A configuration whose session is opened when it is first needed. */
export interface WorkspaceSource {
  readonly desired: Desired;
  readonly stateLocation: string;
  open(): Promise<Session>;
}

/**
 * The workspace of a configuration. Each method loads the code that it needs when it is called, so
 * that checking a configuration does not wait for engines, repositories and locks.
 */
export function workspaceOf(source: WorkspaceSource): Workspace {
  const { desired, stateLocation } = source;
  let opening: Promise<Session> | null = null;
  const open = (): Promise<Session> => {
    opening ??= source.open();
    return opening;
  };
  const use = async <M, T>(
    loading: Promise<M>,
    work: (module: M, session: Session) => Promise<T>,
  ): Promise<T> => {
    const [module, session] = await Promise.all([loading, open()]);
    return work(module, session);
  };
  return Object.freeze({
    desired,
    stateLocation,
    observe: () =>
      use(import("./session.ts"), async (module, session) =>
        module.observeSession(session, await session.store.read()),
      ),
    plan: (request) => use(import("./planning.ts"), (m, s) => m.planWorkspace(s, request)),
    apply: (request) => use(import("./applying.ts"), (m, s) => m.applyWorkspace(s, request)),
    restore: (request) => use(import("./restoring.ts"), (m, s) => m.restoreByHand(s, request)),
    status: () => use(import("./status.ts"), (m, s) => m.statusOf(s)),
    snapshots: (filter) => use(import("./listing.ts"), (m, s) => m.listSnapshots(s, filter)),
    explain: (address) => use(import("./explaining.ts"), (m, s) => m.explain(s, address)),
    adopt: (request) => use(import("./adopting.ts"), (m, s) => m.adopt(s, request)),
    forget: (id, timeoutMs) => use(import("./keeping.ts"), (m, s) => m.forget(s, id, timeoutMs)),
    pin: (id, pinned, timeoutMs) =>
      use(import("./keeping.ts"), (m, s) => m.pin(s, id, pinned, timeoutMs)),
    undelete: (id, timeoutMs) =>
      use(import("./undeleting.ts"), (m, s) => m.undelete(s, id, timeoutMs)),
    purge: (cluster, collection, request) =>
      use(import("./purging.ts"), (m, s) => m.purge(s, cluster, collection, request)),
    repositoryNames: () => desired.repositories.map((repository) => repository.name),
    repositoryList: (name) => use(import("./repositories.ts"), (m, s) => m.listRepository(s, name)),
    repositoryCheck: (name, request) =>
      use(import("./repositories.ts"), (m, s) => m.checkRepository(s, name, request)),
    repositoryPrune: (name, request) =>
      use(import("./repositories.ts"), (m, s) => m.pruneRepository(s, name, request)),
    statePull: () => use(import("./states.ts"), (m, s) => m.pullState(s)),
    readState: async () => (await open()).store.read(),
    statePush: (text, request) =>
      use(import("./states.ts"), (m, s) => m.pushState(s, text, request)),
    stateRemove: (key, timeoutMs) =>
      use(import("./states.ts"), (m, s) => m.removeFromState(s, key, timeoutMs)),
    lockHolder: async () => (await open()).store.holder(),
    unlock: async (id) => (await open()).store.unlock(id),
    engineCheck: (cluster, onCase) =>
      use(import("./engine-checking.ts"), (m, s) => m.checkEngine(s, cluster, onCase)),
    close: async () => {
      if (opening !== null) await (await opening).resources.close();
    },
  } satisfies Workspace);
}
