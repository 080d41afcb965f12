import { describe, expect, it } from "vitest";
import { openLifecycle, type Lifecycle } from "../../../../src/terraform/plugin/lifecycle.ts";

interface Stage {
  readonly lifecycle: Lifecycle;
  readonly events: string[];
  readonly signal: (name: string) => void;
  /** Lets the waits of that length be over. */
  readonly pass: (ms: number) => void;
  readonly settle: () => Promise<void>;
}

function open(isDebug = false): Stage {
  const events: string[] = [];
  const listeners = new Map<string, () => void>();
  const waits: { readonly ms: number; readonly resolve: () => void }[] = [];
  const clock = {
    sleep: (ms: number) => new Promise<void>((resolve) => waits.push({ ms, resolve })),
  };
  const host = {
    on: (event: string, listener: () => void) => listeners.set(event, listener),
    exit: (status: number) => events.push(`exit ${status}`),
  };
  const close = () => events.push("close");
  const options = { host, clock, isDebug, close, redact: (text: string) => text };
  return {
    lifecycle: openLifecycle(options as never),
    events,
    signal: (name) => listeners.get(name)?.(),
    pass: (ms) => {
      for (const wait of waits) if (wait.ms <= ms) wait.resolve();
    },
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const quiet = (events: string[] = []) => ({
  stop: () => events.push("stop"),
  crash: () => events.push("crash"),
  drain: () => Promise.resolve(),
});

describe("the life of a provider's process", () => {
  it("ends once Terraform has shut it down and everything is answered", async () => {
    const { lifecycle, events, settle } = open();
    lifecycle.opened(quiet(events));
    const done = lifecycle.began();
    lifecycle.shutdown();
    await settle();
    expect(events).toEqual(["stop"]);
    done();
    await settle();
    expect(events).toEqual(["stop", "close", "exit 0"]);
  });

  it("does not outstay Terraform's patience", async () => {
    const { lifecycle, events, pass, settle } = open();
    lifecycle.opened(quiet());
    lifecycle.began();
    lifecycle.shutdown();
    pass(1999);
    await settle();
    expect(events).toEqual(["close", "exit 0"]);
  });

  it("finishes what runs when Terraform is gone without a word, however long it takes", async () => {
    const { lifecycle, events, pass, settle } = open();
    const closed = lifecycle.opened(quiet(events));
    const done = lifecycle.began();
    closed();
    pass(1_000_000);
    await settle();
    expect(events).toEqual([]);
    done();
    await settle();
    expect(events).toEqual(["close", "exit 0"]);
  });

  it("ends when nobody ever connects", async () => {
    const { lifecycle, events, pass, settle } = open();
    lifecycle.expectSession(60_000);
    pass(60_000);
    await settle();
    expect(events).toEqual(["close", "exit 0"]);
  });

  it("ignores Ctrl-C, except in debug mode, where it stays when connections go", async () => {
    const normal = open();
    normal.signal("SIGINT");
    await normal.settle();
    expect(normal.events).toEqual([]);
    const debug = open(true);
    debug.lifecycle.opened(quiet())();
    debug.lifecycle.shutdown();
    await debug.settle();
    expect(debug.events).toEqual([]);
    debug.signal("SIGINT");
    await debug.settle();
    expect(debug.events).toEqual(["close", "exit 130"]);
  });
});
