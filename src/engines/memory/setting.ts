import type { Clock } from "../../clock/clock.ts";
import { SnapformError } from "../../errors/index.ts";
import type { MemoryWorld } from "./world.ts";

/** What every part of the driver is given. */
export interface MemorySetting {
  readonly world: MemoryWorld;
  readonly clock: Clock;
  /** Which of the world's processes this is. */
  readonly process: number;
  /** Called at each point where the process could die; what it throws fails the call there. */
  readonly step: (name: string, process: number) => Promise<void>;
}

/**
 * A point where the process could die, or where the call ends because the cluster is away or, with
 * a `signal`, because it was cancelled. A dead process never comes back from here.
 */
export async function step(
  setting: MemorySetting,
  name: string,
  signal: AbortSignal | null,
): Promise<void> {
  await setting.step(name, setting.process);
  if (!setting.world.isAlive(setting.process)) await new Promise(() => undefined);
  if (signal?.aborted === true) {
    throw new SnapformError("cancelled", `cancelled at ${name}`, { cause: signal.reason });
  }
  if (!setting.world.isReachable) {
    throw new SnapformError("unavailable", "the cluster does not answer", { retryable: true });
  }
}
