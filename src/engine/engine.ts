import type { Clock } from "../clock/clock.ts";
import { assert, SnapformError } from "../errors/index.ts";
import { cancelledError } from "./cancelled.ts";
import { checkedCalls } from "./checked-calls.ts";
import type { EngineContext, EngineDriver } from "./driver.ts";
import { withErrors } from "./errors.ts";
import { withLimit } from "./limit.ts";
import { withRetry, type RetryOptions } from "./retry.ts";
import { wrapDriver, type Around, type DriverMethod } from "./wrap.ts";

/** What the rest of snapform uses: a driver that checks, waits its turn and tries again. */
export interface Engine extends Required<EngineDriver> {
  /** The cluster's name in the configuration. */
  readonly cluster: string;
}

export interface EngineOptions {
  readonly cluster: string;
  readonly clock: Clock;
  /** How many working calls may run at once; never more than the engine's capabilities say. */
  readonly concurrency?: number;
  readonly retry?: Partial<Omit<RetryOptions, "clock">>;
}

const RETRY = Object.freeze({ attempts: 4, baseMs: 250, capMs: 10_000 });

/**
 * Opens the portable engine over a driver. It has every call: those that the driver lacks, and
 * requests beyond its capabilities, are `unimplemented` before the driver sees anything. After
 * `close`, which may be called again, every call is `failed-precondition`.
 */
export function openEngine(driver: EngineDriver, options: EngineOptions): Engine {
  const { cluster, clock } = options;
  checkDriver(driver);
  const { concurrency } = driver.capabilities;
  const count = Math.min(options.concurrency ?? concurrency, concurrency);
  const safe = withErrors(driver, cluster);
  // The limit lies within the retry, so that nobody keeps a place while pausing.
  const patient = withRetry(withLimit(safe, count), { ...RETRY, ...options.retry, clock });
  const calls = checkedCalls(closable(patient, cluster), cluster);
  return Object.freeze({ ...calls, cluster });
}

function closable(driver: EngineDriver, cluster: string): EngineDriver {
  let closing: Promise<unknown> | null = null;
  const around: Around = async <T>(
    method: DriverMethod,
    call: () => Promise<T>,
    context: EngineContext | null,
  ): Promise<T> => {
    if (method === "close") {
      closing ??= call();
      return closing as Promise<T>;
    }
    if (closing !== null) {
      throw new SnapformError("failed-precondition", `cluster ${cluster}: its engine is closed`);
    }
    if (context?.signal.aborted === true) {
      throw cancelledError(`cluster ${cluster}: ${method}`, context.signal.reason);
    }
    return call();
  };
  return wrapDriver(driver, around);
}

/** A driver whose calls do not fit what it declares is refused before anything is planned. */
function checkDriver(driver: EngineDriver): void {
  const { engine, capabilities } = driver;
  const isNative = capabilities.create === "native";
  const needed: readonly (readonly [boolean, DriverMethod])[] = [
    [!isNative, "capture"],
    [isNative, "createNative"],
    [isNative, "deleteNative"],
    [isNative && capabilities.copyOut, "readNative"],
    [capabilities.restore.alias, "moveAlias"],
  ];
  assert(capabilities.engine === engine, `the capabilities of engine ${engine} are another's`);
  for (const [isNeeded, name] of needed) {
    const isThere = driver[name] !== undefined;
    assert(!isNeeded || isThere, `engine ${engine} declares what ${name} does, and lacks it`);
  }
}
