import type { Desired } from "../desired/desired.ts";
import type { PlanWanted } from "../workspace/prepare.ts";
import type { ResourceSources } from "../workspace/resources.ts";
import type { Seen, SharedWorkspace } from "../workspace/shared-workspace.ts";
import type { Applied, ApplyRequest, Workspace } from "../workspace/workspace.ts";
import type { Clock } from "../clock/clock.ts";
import { openBatches } from "./batches.ts";
import type { Queues } from "./queues.ts";
import type { TerraformObject } from "./schema/schema.ts";

/** What the configuration of the provider becomes: the one place where its resources meet. */
export interface ProviderWorld {
  /** As it was given, secrets included: it is never stored and never leaves in a text. */
  readonly provider: TerraformObject;
  /** Clusters and repositories, without any resource. */
  readonly desired: Desired;
  readonly statePath: string;
  /**
   * What exists of what is wanted. Looks that fall together are one, and what was seen is seen
   * again until something is changed.
   */
  look(desired: Desired, signal: AbortSignal): Promise<Seen>;
  /** Changes the world when it is its turn: in one process, one change of a state at a time. */
  change<T>(
    desired: Desired,
    signal: AbortSignal,
    work: (workspace: Workspace) => Promise<T>,
  ): Promise<T>;
  /**
   * Applies a policy when it is its turn, in one go with all that wait for theirs. The signal has
   * to be the one of all of them: that of the connection.
   */
  applyPolicy(desired: Desired, signal: AbortSignal, request: PolicyRequest): Promise<Applied>;
}

/** How a policy is applied; a policy that needs more than this is applied alone. */
export type PolicyRequest = PlanWanted & Pick<ApplyRequest, "lockTimeoutMs" | "onEvent">;

export interface ProviderWorldOptions {
  readonly provider: TerraformObject;
  readonly desired: Desired;
  readonly statePath: string;
  readonly clock: Clock;
  /** Of the whole process: aliases may share a state. */
  readonly queues: Queues;
  readonly sources?: ResourceSources;
}

export function openWorld(options: ProviderWorldOptions): ProviderWorld {
  const { provider, desired, statePath, clock, queues, sources } = options;
  let opened: Promise<SharedWorkspace> | null = null;
  // Most processes of a provider are asked for the schema or for mistakes, and never look.
  const shared = (): Promise<SharedWorkspace> => {
    opened ??= import("../workspace/shared-workspace.ts").then(({ openSharedWorkspace }) =>
      openSharedWorkspace({
        statePath,
        declared: desired,
        clock,
        ...(sources === undefined ? {} : { sources }),
      }),
    );
    return opened;
  };
  const queue = queues.of(statePath);
  const batches = openBatches();
  let looks = new Map<string, Promise<Seen>>();
  let seenVersion = queue.version;
  return Object.freeze({
    provider,
    desired,
    statePath,
    look(wanted: Desired, signal: AbortSignal): Promise<Seen> {
      // What was seen before a change says nothing about what is there after it.
      if (seenVersion !== queue.version) looks = new Map();
      seenVersion = queue.version;
      const present = looks;
      const key = placesOf(wanted);
      const known = present.get(key);
      if (known) return known;
      const looking = shared().then((workspace) => workspace.look(wanted, signal));
      present.set(key, looking);
      looking.catch(() => present.delete(key));
      return looking;
    },
    change: <T>(
      wanted: Desired,
      signal: AbortSignal,
      work: (workspace: Workspace) => Promise<T>,
    ): Promise<T> => queue.run(signal, async () => await work((await shared()).of(wanted, signal))),
    applyPolicy: (wanted: Desired, signal: AbortSignal, request: PolicyRequest) => {
      const { lockTimeoutMs, onEvent, ...plan } = request;
      const member = { desired: wanted, wanted: plan, onEvent };
      return batches.apply(placesOf(wanted), member, (batch) =>
        queue.run(signal, async () =>
          (await shared()).applyTogether(wanted, signal, { batch, lockTimeoutMs }),
        ),
      );
    },
  });
}

/** What a look goes by: which clusters, and which repositories where. */
function placesOf({ clusters, repositories }: Desired): string {
  return JSON.stringify([clusters.map(({ name }) => name).sort(), repositories]);
}
