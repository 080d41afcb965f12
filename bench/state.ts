// What the journal costs: bytes and time of an apply of 1,000 and 10,000 actions on an empty state
// and on one with 100,000 snapshots. The bytes per action must not depend on the state's size.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/clock/system-clock.ts";
import type { Change } from "../src/ledger/change.ts";
import { emptyState } from "../src/ledger/state.ts";
import type { SnapshotRecord, State } from "../src/ledger/state.ts";
import { openLocalStateStore } from "../src/state/local/local-state-store.ts";
import { realFiles } from "../src/state/local/state-files.ts";
import type { StateFiles } from "../src/state/local/state-files.ts";

const at = systemClock.now();
const concurrency = 16;
const written = { journal: 0, other: 0, syncCount: 0 };

const counting: StateFiles = {
  ...realFiles,
  create(path, chunks) {
    for (const chunk of chunks) written.other += chunk.byteLength;
    return realFiles.create(path, chunks);
  },
  async openJournal(path) {
    const file = await realFiles.openJournal(path);
    return {
      ...file,
      append(bytes) {
        written.journal += bytes.byteLength;
        return file.append(bytes);
      },
      sync() {
        written.syncCount += 1;
        return file.sync();
      },
    };
  },
};

const recordOf = (id: string): SnapshotRecord => ({
  id,
  cluster: "prod",
  collection: "docs-en",
  clusterIdentity: "6f1c2a",
  address: "policy.nightly",
  scheduledFor: at.toISOString(),
  startedAt: at.toISOString(),
  adoptedAt: null,
  description: null,
  keepUntil: null,
  native: null,
  pinned: false,
});

function stateOf(snapshotCount: number): State {
  const ids = Array.from({ length: snapshotCount }, (_, index) => `20260101t0000-${index}`);
  return {
    ...emptyState("lineage", "bench", at.toISOString()),
    snapshots: Object.fromEntries(ids.map((id) => [id, recordOf(id)])),
  };
}

/** Journals an action as apply does: before it and after it, each time safe before going on. */
function stepsOf(id: string): readonly (readonly Change[])[] {
  const record = recordOf(id);
  const { scheduledFor } = record;
  const plan = {
    address: record.address,
    scheduledFor,
    description: null,
    keepUntil: null,
    take: 1,
    places: ["repository.vault"],
    isWhole: true,
    restore: null,
  } as const;
  const intent = {
    actionId: id,
    kind: "create",
    at: at.toISOString(),
    cluster: record.cluster,
    collection: record.collection,
    snapshotId: id,
    runId: null,
    plan,
    details: null,
  } as const;
  return [
    [{ type: "intent", intent }],
    [
      { type: "snapshot-recorded", record },
      { type: "settled", actionId: id },
    ],
  ];
}

interface Result {
  readonly bytesPerAction: number;
}

async function measure(snapshotCount: number, actionCount: number): Promise<Result> {
  const path = mkdtempSync(join(tmpdir(), "snapform-bench-"));
  const store = openLocalStateStore({ path, clock: systemClock, files: counting });
  const request = { operation: "apply", timeoutMs: 0, signal: new AbortController().signal };
  const first = await store.lock(request);
  await first.initialize(stateOf(snapshotCount));
  await first.release();

  Object.assign(written, { journal: 0, other: 0, syncCount: 0 });
  const marks = [systemClock.monotonicMs()];
  const lock = await store.lock(request);
  marks.push(systemClock.monotonicMs());
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < actionCount) {
      for (const changes of stepsOf(`new-${next++}`)) await lock.append(changes, at);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  marks.push(systemClock.monotonicMs());
  const state = await store.read();
  marks.push(systemClock.monotonicMs());
  if (state) await lock.write(state);
  marks.push(systemClock.monotonicMs());
  await lock.release();
  rmSync(path, { recursive: true });

  const [lockMs, journalMs, readMs, writeMs] = marks.slice(1).map((ms, i) => ms - (marks[i] ?? 0));
  const ms = (value = 0): string => `${value.toFixed(0)} ms`.padStart(8);
  const bytesPerAction = written.journal / actionCount;
  console.log(
    `${String(snapshotCount).padStart(7)} snapshots ${String(actionCount).padStart(6)} actions: ` +
      `journal ${String(written.journal).padStart(8)} B (${bytesPerAction.toFixed(0)} B/action, ` +
      `${written.syncCount} syncs), state ${String(written.other).padStart(9)} B; ` +
      `lock ${ms(lockMs)}, journal ${ms(journalMs)}, read ${ms(readMs)}, write ${ms(writeMs)}`,
  );
  return { bytesPerAction };
}

const results: Result[] = [];
for (const snapshotCount of [0, 100_000]) {
  for (const actionCount of [1_000, 10_000]) {
    results.push(await measure(snapshotCount, actionCount));
  }
}
const rates = results.map(({ bytesPerAction }) => bytesPerAction);
const ratio = Math.max(...rates) / Math.min(...rates);
console.log(`journal bytes per action, most / least: ${ratio.toFixed(3)} (1 is independent)`);
