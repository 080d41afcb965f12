import { describe, expect, test } from "vitest";
import { openTurns } from "../../../../src/engines/qdrant/turns.ts";

describe("turns", () => {
  test("let only so many run at once, first come first served", async () => {
    const turns = openTurns(2);
    const { signal } = new AbortController();
    const order: number[] = [];
    let runningCount = 0;
    let most = 0;
    const work = async (index: number): Promise<void> => {
      order.push(index);
      runningCount += 1;
      most = Math.max(most, runningCount);
      await new Promise((resolve) => void setImmediate(resolve));
      runningCount -= 1;
    };
    await Promise.all([0, 1, 2, 3, 4].map((index) => turns.run(signal, () => work(index))));
    expect([most, order]).toEqual([2, [0, 1, 2, 3, 4]]);
  });

  test("go on after a failure, and without the one who gave up waiting", async () => {
    const turns = openTurns(1);
    const controller = new AbortController();
    const { signal } = new AbortController();
    const first = turns.run(signal, () => Promise.reject(new Error("broken")));
    const second = turns.run(controller.signal, () => Promise.resolve("second"));
    const third = turns.run(signal, () => Promise.resolve("third"));
    controller.abort(new Error("enough"));
    await expect(first).rejects.toThrow("broken");
    await expect(second).rejects.toThrow("enough");
    await expect(third).resolves.toBe("third");
  });
});
