import { adopt } from "./adopting.ts";
import { applyWorkspace } from "./applying.ts";
import { checkEngine } from "./engine-checking.ts";
import { explain } from "./explaining.ts";
import { forget, pin } from "./keeping.ts";
import { listSnapshots } from "./listing.ts";
import { planWorkspace } from "./planning.ts";
import { purge } from "./purging.ts";
import { checkRepository, listRepository, pruneRepository } from "./repositories.ts";
import { restoreByHand } from "./restoring.ts";
import { observeSession, type Session } from "./session.ts";
import { pullState, pushState, removeFromState } from "./states.ts";
import { statusOf } from "./status.ts";
import { undelete } from "./undeleting.ts";
import type { Workspace } from "./workspace.ts";

/** The workspace over an opened session. */
export function workspaceOf(session: Session): Workspace {
  const { desired, store, resources } = session;
  return Object.freeze({
    desired,
    stateLocation: store.location,
    observe: async () => observeSession(session, await store.read()),
    plan: (request) => planWorkspace(session, request),
    apply: (request) => applyWorkspace(session, request),
    restore: (request) => restoreByHand(session, request),
    status: () => statusOf(session),
    snapshots: (filter) => listSnapshots(session, filter),
    explain: (address) => explain(session, address),
    adopt: (request) => adopt(session, request),
    forget: (id, lockTimeoutMs) => forget(session, id, lockTimeoutMs),
    pin: (id, pinned, lockTimeoutMs) => pin(session, id, pinned, lockTimeoutMs),
    undelete: (id, lockTimeoutMs) => undelete(session, id, lockTimeoutMs),
    purge: (cluster, collection, options) => purge(session, cluster, collection, options),
    repositoryNames: () => desired.repositories.map((repository) => repository.name),
    repositoryList: (name) => listRepository(session, name),
    repositoryCheck: (name, options) => checkRepository(session, name, options),
    repositoryPrune: (name, options) => pruneRepository(session, name, options),
    statePull: () => pullState(session),
    readState: () => store.read(),
    statePush: (text, options) => pushState(session, text, options),
    stateRemove: (key, lockTimeoutMs) => removeFromState(session, key, lockTimeoutMs),
    lockHolder: () => store.holder(),
    unlock: (id) => store.unlock(id),
    engineCheck: (cluster, onCase) => checkEngine(session, cluster, onCase),
    close: () => resources.close(),
  } satisfies Workspace);
}
