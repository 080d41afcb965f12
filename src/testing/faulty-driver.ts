import assert from "node:assert/strict";
import type { Clock } from "../clock/clock.ts";
import type { EngineContext, EngineDriver } from "../engine/driver.ts";
import { wrapDriver, type DriverMethod } from "../engine/wrap.ts";

/** What goes wrong with a call. Each is one fault, that fires once unless `times` says more. */
export interface FaultScript {
  /** The call fails and had no effect. */
  before(error: Error): FaultTimes;
  /** The call has its whole effect, and its answer is lost. */
  after(error: Error): FaultTimes;
  /** The call does nothing until its signal aborts it. */
  hang(): FaultTimes;
  /** The call is made after a while. */
  delay(ms: number): FaultTimes;
}

export interface FaultTimes {
  /** How many calls it happens to. */
  times(count: number): void;
}

export interface FaultyDriver extends EngineDriver {
  /** Scripts a fault of the next call of `method` that no fault is scripted for yet. */
  fail(method: DriverMethod): FaultScript;
  /** Throws when a scripted fault has not happened. */
  verifyAllFired(): void;
}

type Injure = <T>(call: () => Promise<T>, context: EngineContext | null) => Promise<T>;

interface Fault {
  readonly method: DriverMethod;
  readonly name: string;
  readonly injure: Injure;
  remainingCount: number;
}

/** A driver over `inner` that fails as a test has scripted; without a script it does not. */
export function openFaultyDriver(inner: EngineDriver, clock: Clock): FaultyDriver {
  const faults: Fault[] = [];
  const wrapped = wrapDriver(inner, async (method, call, context) => {
    const fault = faults.find((each) => each.method === method && each.remainingCount > 0);
    if (fault === undefined) return call();
    fault.remainingCount -= 1;
    return fault.injure(call, context);
  });
  return Object.freeze({
    ...wrapped,
    fail: (method: DriverMethod): FaultScript => scriptOf(method, faults, clock),
    verifyAllFired(): void {
      const left = faults.filter((fault) => fault.remainingCount > 0);
      const names = left.map((fault) => `${fault.method} ${fault.name} x${fault.remainingCount}`);
      assert.deepEqual(names, [], "faults that never happened");
    },
  });
}

function scriptOf(method: DriverMethod, faults: Fault[], clock: Clock): FaultScript {
  const add = (name: string, injure: Injure): FaultTimes => {
    const fault: Fault = { method, name, injure, remainingCount: 1 };
    faults.push(fault);
    return {
      times(count) {
        fault.remainingCount = count;
      },
    };
  };
  return {
    before: (error) => add("before", () => Promise.reject(error)),
    after: (error) =>
      add("after", async (call) => {
        await call();
        throw error;
      }),
    hang: () => add("hang", (_call, context) => untilAborted(context)),
    delay: (ms) =>
      add("delay", async (call, context) => {
        await clock.sleep(ms, context?.signal);
        return call();
      }),
  };
}

function untilAborted(context: EngineContext | null): Promise<never> {
  return new Promise((_resolve, reject) => {
    const signal = context?.signal;
    const giveUp = (): void => reject(signal?.reason as Error);
    if (signal?.aborted === true) giveUp();
    else signal?.addEventListener("abort", giveUp, { once: true });
  });
}
