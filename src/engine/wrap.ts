import type { EngineContext, EngineDriver } from "./driver.ts";

/** The calls of a driver. */
export type DriverMethod = Exclude<keyof EngineDriver, "engine" | "capabilities">;

/**
 * Stands between a caller and one call. `call` makes the call, once per invocation; `context` is
 * the call's own, null for `close`.
 */
export type Around = <T>(
  method: DriverMethod,
  call: () => Promise<T>,
  context: EngineContext | null,
) => Promise<T>;

/** As a record, so that the compiler notices a call that the contract gains. */
const METHODS: Readonly<Record<DriverMethod, true>> = Object.freeze({
  observe: true,
  listNative: true,
  capture: true,
  createNative: true,
  readNative: true,
  deleteNative: true,
  restore: true,
  recoverRestore: true,
  sweep: true,
  check: true,
  moveAlias: true,
  close: true,
});

export const DRIVER_METHODS: readonly DriverMethod[] = Object.freeze(
  Object.keys(METHODS) as DriverMethod[],
);

type AnyCall = (...args: readonly unknown[]) => Promise<unknown>;

/** Puts `around` about each call that the driver has; calls that it lacks stay lacking. */
export function wrapDriver(driver: EngineDriver, around: Around): EngineDriver {
  const wrapped: Record<string, unknown> = {
    engine: driver.engine,
    capabilities: driver.capabilities,
  };
  for (const method of DRIVER_METHODS) {
    const original = driver[method] as AnyCall | undefined;
    if (original === undefined) continue;
    wrapped[method] = async (...args: readonly unknown[]): Promise<unknown> => {
      const context = method === "close" ? null : (args.at(-1) as EngineContext);
      // Async, so that what a driver throws at once comes out like what it rejects with.
      return around(method, async () => original.apply(driver, args as unknown[]), context);
    };
  }
  return Object.freeze(wrapped) as unknown as EngineDriver;
}
