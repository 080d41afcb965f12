import type { EngineContext } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { snapshotGauges } from "./api/telemetry.ts";
import type { QdrantNode, QdrantSetting } from "./setting.ts";
import {
  isFilling,
  isMoving,
  isSettled,
  lookAtShards,
  whyUnsettled,
  type ShardView,
} from "./shard-watch.ts";

/** Without a transfer and without any change for so long, nothing is going to happen any more. */
const STUCK_MS = 5 * 60 * 1000;

/** How long a server may take before one can see that it works on a file that it has received. */
const GRACE_MS = 15_000;
const BYTES_PER_MS = 50_000;

/**
 * Waits until every node sees every replica of the collection serve and nothing moves.
 *
 * @throws SnapformError `failed-precondition` when replicas are stuck, `deadline-exceeded`,
 * `unavailable` for a node that stays away
 */
export async function waitForReplicas(
  setting: QdrantSetting,
  collection: string,
  context: EngineContext,
): Promise<void> {
  const { signal } = context;
  const { clock, timeouts } = setting;
  const pace = new Pace(setting);
  for (;;) {
    const view = await lookAtShards(setting, collection, signal);
    if (isSettled(view)) return;
    context.progress({ phase: "waiting for replicas" });
    pace.see(view);
    if (pace.stuckMs >= STUCK_MS && !isMoving(view)) throw stuck(setting, collection, view);
    if (pace.elapsedMs >= timeouts.workMs) throw late(setting, collection, view);
    await clock.sleep(timeouts.pollMs, signal);
  }
}

/**
 * Waits until no node works on a restore of the collection. Whether one was going to begin nobody
 * can see, so `file`, of which an answer was lost, is given the time that a server may need.
 *
 * @throws SnapformError `deadline-exceeded`; `unavailable` for a node that stays away
 */
export async function waitUntilIdle(
  setting: QdrantSetting,
  collection: string,
  lost: { readonly size: number } | null,
  signal: AbortSignal,
): Promise<void> {
  const { clock, timeouts } = setting;
  const graceMs = lost === null ? 0 : GRACE_MS + lost.size / BYTES_PER_MS;
  const pace = new Pace(setting);
  let wasBusy = false;
  for (;;) {
    const view = await lookAtShards(setting, collection, signal);
    const recovering = await isRecovering(setting, collection, signal);
    pace.see(view);
    const isBusy = recovering === true || isMoving(view) || view.blind.length > 0;
    // What a failed recovery left half filled stays so for ever.
    const isStill = !isFilling(view) || recovering === false || pace.stuckMs >= STUCK_MS;
    const isOver = !isBusy && isStill;
    if (isOver && (wasBusy || pace.elapsedMs >= graceMs)) return;
    wasBusy ||= isBusy;
    if (view.blind.length > 0 && pace.stuckMs >= STUCK_MS) throw blind(view);
    if (pace.elapsedMs >= timeouts.workMs) throw late(setting, collection, view);
    await clock.sleep(timeouts.pollMs, signal);
  }
}

/** Whether some node says that it restores the collection now; null when nobody can tell. */
async function isRecovering(
  setting: QdrantSetting,
  collection: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const answers = await Promise.all(
    setting.nodes.map((node) => isRecoveringOn(setting, node, collection, signal)),
  );
  if (answers.includes(true)) return true;
  return answers.includes(null) ? null : false;
}

async function isRecoveringOn(
  { timeouts }: QdrantSetting,
  { client }: QdrantNode,
  collection: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const gauges = await snapshotGauges(client, { signal, timeoutMs: timeouts.lookMs });
  const own = gauges?.find((each) => each.collection === collection);
  return own === undefined ? null : own.recoveringCount > 0;
}

/** How long one has been looking, and how long nothing has changed. */
class Pace {
  readonly #setting: QdrantSetting;
  readonly #beganMs: number;
  #changedMs: number;
  #fingerprint: string | null = null;

  constructor(setting: QdrantSetting) {
    this.#setting = setting;
    this.#beganMs = setting.clock.monotonicMs();
    this.#changedMs = this.#beganMs;
  }

  see({ fingerprint }: ShardView): void {
    if (fingerprint !== this.#fingerprint) this.#changedMs = this.#setting.clock.monotonicMs();
    this.#fingerprint = fingerprint;
  }

  get elapsedMs(): number {
    return this.#setting.clock.monotonicMs() - this.#beganMs;
  }

  get stuckMs(): number {
    return this.#setting.clock.monotonicMs() - this.#changedMs;
  }
}

function stuck(setting: QdrantSetting, collection: string, view: ShardView): SnapformError {
  const [away] = view.blind;
  if (away) return blind(view);
  const text =
    `cluster ${setting.cluster}: replicas of ${JSON.stringify(collection)} do not become active: ` +
    `${whyUnsettled(view)}, and nothing is being transferred`;
  return new SnapformError("failed-precondition", text, {
    hint:
      "Look at the logs of these nodes, and at their free disk space. Running the restore again " +
      "does no harm: what is restored twice ends as if it were restored once.",
  });
}

function late(setting: QdrantSetting, collection: string, view: ShardView): SnapformError {
  const text =
    `cluster ${setting.cluster}: ${JSON.stringify(collection)} was not at rest after ` +
    `${Math.round(setting.timeouts.workMs / 60_000)} minutes: ${whyUnsettled(view)}`;
  return new SnapformError("deadline-exceeded", text, { outcomeUnknown: true });
}

function blind(view: ShardView): SnapformError {
  const [away] = view.blind;
  const text = `${away?.error.message}; without that node nobody can tell whether replicas serve`;
  return new SnapformError("unavailable", text, { retryable: true, cause: away?.error });
}
