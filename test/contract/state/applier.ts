// A process that locks a state, counts in it and says what it does; for two-process.test.ts.
import { systemClock } from "../../../src/clock/system-clock.ts";
import { emptyState } from "../../../src/ledger/state.ts";
import { isSnapformError } from "../../../src/errors/index.ts";
import { openLocalStateStore } from "../../../src/state/local/local-state-store.ts";

const [path = "", name = "", mode = "", count = "0"] = process.argv.slice(2);
const store = openLocalStateStore({ path, clock: systemClock });
const say = (word: string, value: unknown): boolean =>
  process.stdout.write(`${word} ${String(value)}\n`);

async function turn(): Promise<void> {
  const lock = await store.lock({
    operation: name,
    timeoutMs: mode === "once" ? 0 : 60_000,
    signal: new AbortController().signal,
  });
  say("fence", lock.owner.fence);
  if (!lock.state) await lock.initialize(emptyState("l", "p", systemClock.now().toISOString()));
  const value = Number((await store.read())?.repositories["counter"]?.id ?? 0) + 1;
  // Whoever came in between would make both write the same number.
  await systemClock.sleep(2);
  const change = { type: "repository-seen", name: "counter", id: String(value) } as const;
  await lock.append([change], systemClock.now());
  say("counted", value);
  if (mode === "hold") await systemClock.sleep(60_000);
  const state = await store.read();
  if (value % 3 === 0 && state) await lock.write(state);
  await lock.release();
}

try {
  for (let round = 0; round < Number(count); round += 1) await turn();
} catch (error) {
  if (!isSnapformError(error)) throw error;
  say("failed", error.code);
}
