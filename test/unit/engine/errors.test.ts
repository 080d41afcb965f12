import { describe, expect, test } from "vitest";
import type { Capture } from "../../../src/engine/driver.ts";
import { withErrors } from "../../../src/engine/errors.ts";
import { SnapformError } from "../../../src/errors/index.ts";
import { contextOf, countedCapture, stubDriver } from "./stub-driver.ts";

const raw = new TypeError("x is not a function");
const request = { snapshotId: "s", collection: "docs", previous: [] };

async function capture(held: Capture): Promise<Capture> {
  const inner = stubDriver({ capture: () => Promise.resolve(held) });
  return withErrors(inner, "prod").capture?.(request, contextOf()) ?? held;
}

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of bytes) size += chunk.length;
  return size;
}

describe("withErrors", () => {
  test("makes a SnapformError with the cluster's name of what is none", async () => {
    const driver = withErrors(stubDriver({ observe: () => Promise.reject(raw) }), "prod");
    await expect(driver.observe(contextOf())).rejects.toMatchObject({
      code: "internal",
      message: "cluster prod: observe: x is not a function",
      outcomeUnknown: false,
      cause: raw,
    });
  });

  test("does not know what a changing call has done that failed unforeseen", async () => {
    const driver = withErrors(stubDriver({ restore: () => Promise.reject(raw) }), "prod");
    const work = driver.restore({} as never, contextOf());
    await expect(work).rejects.toMatchObject({ code: "internal", outcomeUnknown: true });
  });

  test("lets SnapformErrors through as they are, and wraps once", async () => {
    const known = new SnapformError("not-found", "gone");
    const inner = stubDriver({
      observe: () => Promise.reject(known),
      sweep: () => Promise.reject(raw),
    });
    const twice = withErrors(withErrors(inner, "prod"), "other");
    await expect(twice.observe(contextOf())).rejects.toBe(known);
    await expect(twice.sweep(contextOf())).rejects.toMatchObject({ cause: raw });
  });

  test.each([
    ["an AbortError", new DOMException("stop", "AbortError")],
    ["the signal's own reason", new Error("the user pressed Ctrl-C")],
  ])("says `cancelled` for %s", async (_title, reason) => {
    const inner = stubDriver({
      observe: ({ signal }) => Promise.reject(signal.reason as Error),
      restore: (_request, { signal }) => Promise.reject(signal.reason as Error),
    });
    const driver = withErrors(inner, "prod");
    const context = contextOf(AbortSignal.abort(reason));
    const observed = driver.observe(context);
    await expect(observed).rejects.toMatchObject({ code: "cancelled", outcomeUnknown: false });
    const restored = driver.restore({} as never, context);
    await expect(restored).rejects.toMatchObject({ code: "cancelled", outcomeUnknown: true });
  });

  test("guards the files of a capture and its close", async () => {
    const { capture: held } = countedCapture();
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(3);
      throw raw;
    };
    const file = (open: () => Promise<AsyncIterable<Uint8Array>>) => ({
      path: "a",
      size: 3,
      localPath: "/tmp/a",
      knownHash: "00",
      sha256: "11",
      open,
    });
    const files = [file(() => Promise.reject(raw)), file(() => Promise.resolve(failing()))];
    const parts = [{ name: "data", files, details: null }];
    const guarded = await capture({ ...held, parts, close: () => Promise.reject(raw) });
    const [first, second] = guarded.parts[0]?.files ?? [];
    expect(second).toMatchObject({ path: "a", size: 3, localPath: "/tmp/a" });
    expect(second).toMatchObject({ knownHash: "00", sha256: "11" });
    const { signal } = contextOf();
    await expect(first?.open(0, signal)).rejects.toMatchObject({ code: "internal" });
    const bytes = await second?.open(0, signal);
    await expect(readAll(bytes ?? failing())).rejects.toMatchObject({ code: "internal" });
    await expect(guarded.close()).rejects.toMatchObject({ code: "internal" });
  });
});
