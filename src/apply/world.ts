import type { Clock } from "../clock/clock.ts";
import type { Desired } from "../desired/desired.ts";
import type { EngineContext, EngineDriver } from "../engine/driver.ts";
import type { Action } from "../plan/action.ts";
import type { Repository } from "../repository/repository.ts";
import type { ApplyEvent } from "./events.ts";

/** Everything that an apply touches, opened by the workspace. */
export interface World {
  readonly desired: Desired;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The open engine of a cluster; opened on first use. */
  engine(cluster: string): Promise<EngineDriver>;
  /** The open repository; `not-found` when there is none yet. */
  repository(name: string): Promise<Repository>;
  /** The same; one that was never seen is made, and is known before anything is put into it. */
  makeRepository(name: string): Promise<Repository>;
  emit(event: ApplyEvent): void;
}

/** The context of a call that is made for an action. */
export function contextOf(world: World, action: Action): EngineContext {
  return {
    signal: world.signal,
    progress: (progress) => world.emit({ type: "progress", action, progress }),
  };
}

/** The context of a call that nobody watches. */
export function quietContext(world: Pick<World, "signal">): EngineContext {
  return { signal: world.signal, progress: () => undefined };
}

/**
 * A world in which cleaning up goes on although the user asked to stop: what a cancelled action
 * has left half done is cleared away first.
 */
export function unstoppable(world: World): World {
  return { ...world, signal: new AbortController().signal };
}
