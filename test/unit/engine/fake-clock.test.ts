import { describe, expect, test } from "vitest";
import { FakeClock } from "../../../src/testing/fake-clock.ts";

describe("the fake clock", () => {
  test("wakes sleepers in the order of their instants, each at its own", async () => {
    const clock = new FakeClock({ at: "2026-03-01T12:00:00Z" });
    const woken: string[] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push(`${name} ${clock.now().toISOString()}`);
    };
    const works = [sleep("late", 2000), sleep("early", 1000), sleep("never", 9000)];
    await clock.advance(3000);
    expect(woken).toEqual(["early 2026-03-01T12:00:01.000Z", "late 2026-03-01T12:00:02.000Z"]);
    expect(clock.now().toISOString()).toBe("2026-03-01T12:00:03.000Z");
    expect(clock.sleeperCount).toBe(1);
    await clock.advance(6000);
    await Promise.all(works);
  });

  test("wakes who falls asleep again within one advance", async () => {
    const clock = new FakeClock();
    let beatCount = 0;
    const beat = async (): Promise<void> => {
      for (; beatCount < 5; beatCount += 1) await clock.sleep(10);
    };
    const work = beat();
    await clock.advance(50);
    await work;
    expect(beatCount).toBe(5);
  });

  test("ends a sleep with the reason of its signal", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const work = clock.sleep(10, controller.signal);
    const failure = expect(work).rejects.toThrow("enough");
    controller.abort(new Error("enough"));
    await failure;
    expect(clock.sleeperCount).toBe(0);
    await expect(clock.sleep(1, AbortSignal.abort(new Error("late")))).rejects.toThrow("late");
  });

  test("passes sleeps at once when it is told to", async () => {
    const clock = new FakeClock({ at: "2026-01-01T00:00:00Z", skipsSleep: true });
    await clock.sleep(3_600_000);
    expect(clock.now().toISOString()).toBe("2026-01-01T01:00:00.000Z");
    expect(clock.monotonicMs()).toBe(3_600_000);
  });

  test("goes on evenly while the time of day is set back", async () => {
    const clock = new FakeClock({ at: "2026-01-01T00:00:00Z" });
    await clock.advance(1000);
    clock.set("2025-12-31T00:00:00Z");
    expect(clock.now().toISOString()).toBe("2025-12-31T00:00:00.000Z");
    expect(clock.monotonicMs()).toBe(1000);
  });

  test("repeats its chance with its seed", () => {
    const draw = (seed: number): string => {
      const clock = new FakeClock({ seed });
      return `${clock.random()} ${clock.randomHex(8)}`;
    };
    expect(draw(7)).toBe(draw(7));
    expect(draw(7)).not.toBe(draw(8));
    expect(new FakeClock().randomHex(8)).toMatch(/^[0-9a-f]{16}$/);
  });
});
