import type { Clock } from "../clock/clock.ts";
import type { Desired } from "../desired/desired.ts";
import type { State } from "../ledger/state.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import { openLocalStateStore } from "../state/local/local-state-store.ts";
import type { Batch, BatchOutcomes } from "./applying-together.ts";
import { unbornState } from "./planning.ts";
import { openResources, type Resources, type ResourceSources } from "./resources.ts";
import { observeSession, type Session } from "./session.ts";
import { workspaceOf } from "./workspace-of.ts";
import type { Workspace } from "./workspace.ts";

export interface SharedWorkspaceOptions {
  readonly statePath: string;
  /** All clusters: one that is not asked for may have to be recovered. */
  readonly declared: Desired;
  readonly clock: Clock;
  /** How engines and repositories are opened; left out: the real ones. */
  readonly sources?: ResourceSources;
}

/** What exists, with the state that it was seen with. */
export interface Seen {
  readonly inventory: Inventory;
  /** Where there is none yet, the one that the first apply would begin. */
  readonly state: State;
}

/**
 * One state, and engines and repositories that are opened once, for many small configurations:
 * each wants a part of what the state records, and all of them have the same project.
 */
export interface SharedWorkspace {
  /** The workspace of one of the configurations; closing it closes nothing that is shared. */
  of(desired: Desired, signal: AbortSignal): Workspace;
  /**
   * Applies policies in one go; `desired` is what they have in common, and the signal stops all of
   * them. See `applyTogether`.
   */
  applyTogether(
    desired: Desired,
    signal: AbortSignal,
    request: { readonly batch: Batch; readonly lockTimeoutMs: number },
  ): Promise<BatchOutcomes>;
  /** Looks at what a configuration names, without planning anything. */
  look(desired: Desired, signal: AbortSignal): Promise<Seen>;
  close(): Promise<void>;
}

/** Opens nothing yet: engines and repositories follow on first use. */
export function openSharedWorkspace(options: SharedWorkspaceOptions): SharedWorkspace {
  const { statePath, declared, clock, sources } = options;
  const store = openLocalStateStore({ path: statePath, clock });
  const engines = openResources(declared, clock, sources);
  const repositories = new Map<string, Resources>();
  const storedOf = (desired: Desired): Resources => {
    const key = JSON.stringify(desired.repositories);
    const known = repositories.get(key);
    if (known) return known;
    const resources = openResources(desired, clock, sources);
    repositories.set(key, resources);
    return resources;
  };
  const sessionOf = (desired: Desired, signal: AbortSignal): Session => {
    const resources: Resources = {
      ...storedOf(desired),
      engine: (name) => engines.engine(name),
      close: () => Promise.resolve(),
    };
    return { desired, clock, signal, store, resources };
  };
  return Object.freeze({
    of(desired: Desired, signal: AbortSignal): Workspace {
      const open = (): Promise<Session> => Promise.resolve(sessionOf(desired, signal));
      return workspaceOf({ desired, stateLocation: statePath, open });
    },
    async applyTogether(
      desired: Desired,
      signal: AbortSignal,
      { batch, lockTimeoutMs }: { readonly batch: Batch; readonly lockTimeoutMs: number },
    ): Promise<BatchOutcomes> {
      const { applyTogether } = await import("./applying-together.ts");
      return applyTogether(sessionOf(desired, signal), batch, lockTimeoutMs);
    },
    async look(desired: Desired, signal: AbortSignal): Promise<Seen> {
      const session = sessionOf(desired, signal);
      const state = await store.read();
      const inventory = await observeSession(session, state);
      return { inventory, state: state ?? unbornState(session) };
    },
    async close(): Promise<void> {
      for (const each of [engines, ...repositories.values()]) await each.close();
    },
  });
}
