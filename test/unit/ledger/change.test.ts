import { describe, expect, it } from "vitest";
import { change, draftOf, replay } from "../../../src/ledger/change.ts";
import type { Change, JournalEntry } from "../../../src/ledger/change.ts";
import type { State } from "../../../src/ledger/state.ts";
import { everyChange, fullState } from "./samples.ts";

const at = "2026-02-01T00:00:00Z";

function after(state: State, ...steps: readonly Change[]): State {
  const draft = draftOf(state);
  for (const step of steps) change(draft, step);
  return draft;
}

function journal(steps: readonly Change[], from = 1): JournalEntry[] {
  return steps.map((step, index) => ({ seq: from + index, fence: 1, at, change: step }));
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

describe("a change", () => {
  it.each(everyChange)("$change.type changes what it says and nothing else", (sample) => {
    const state = fullState();
    const changed = after(state, sample.change);
    expect(changed).toEqual({ ...state, ...sample.gives(state) });
  });

  it.each(everyChange)("$change.type carried out twice is as good as once", (sample) => {
    const once = after(fullState(), sample.change);
    expect(after(once, sample.change)).toEqual(once);
  });

  it.each(everyChange)("$change.type leaves the state that it started from alone", (sample) => {
    const state = frozen(fullState());
    after(state, sample.change);
    expect(state).toEqual(fullState());
  });

  it("seen never goes back in time", () => {
    const state = fullState();
    expect(after(state, { type: "seen", at: "2020-01-01T00:00:00Z" })).toEqual(state);
  });

  it("details of an intent that is settled are dropped", () => {
    const state = fullState();
    expect(after(state, { type: "intent-details", actionId: "none", details: 1 })).toEqual(state);
  });
});

describe("moved", () => {
  it("takes a policy's rules, runs and snapshots along", () => {
    const state = after(fullState(), {
      type: "moved",
      from: "policy.nightly",
      to: "policy.daily",
    });
    expect(Object.keys(state.policies)).toEqual(["policy.daily"]);
    expect(Object.keys(state.runs)).toEqual(['policy.daily["prod/docs"]']);
    expect(Object.keys(state.shrinks)).toEqual(['policy.daily["prod/docs"]']);
    expect(state.snapshots["s-1"]?.address).toBe("policy.daily");
  });

  it("leaves a name that only begins alike alone", () => {
    const state = fullState();
    const moved = after(state, { type: "moved", from: "policy.night", to: "policy.day" });
    expect(moved).toEqual(state);
  });

  it("renames what a one-off snapshot and a restore are called inside, too", () => {
    const state = after(
      fullState(),
      { type: "moved", from: "snapshot.v2", to: "snapshot.v3" },
      { type: "moved", from: "restore.staging", to: "restore.test" },
    );
    expect(state.taken["snapshot.v3"]?.address).toBe("snapshot.v3");
    expect(state.restores["restore.test"]?.address).toBe("restore.test");
    expect(Object.keys(state.taken)).toEqual(["snapshot.v3"]);
    expect(Object.keys(state.restores)).toEqual(["restore.test"]);
  });
});

describe("replay", () => {
  const steps = everyChange.map((sample) => sample.change);

  it("gives what the changes one by one give, and remembers the last number", () => {
    const state = fullState();
    const from = state.journalSeq + 1;
    const replayed = replay(state, journal(steps, from));
    const journalSeq = state.journalSeq + steps.length;
    expect(replayed).toEqual({ ...after(state, ...steps), journalSeq });
  });

  it("passes over what the state includes already, from wherever it starts", () => {
    const state = fullState();
    const entries = journal(steps, state.journalSeq + 1);
    const end = replay(state, entries);
    for (let cut = 0; cut <= entries.length; cut += 1) {
      const middle = replay(state, entries.slice(0, cut));
      expect(replay(middle, entries)).toEqual(end);
    }
    expect(replay(end, entries)).toEqual(end);
  });

  it("leaves the state that it started from alone", () => {
    const state = frozen(fullState());
    replay(state, journal(steps, state.journalSeq + 1));
    expect(state).toEqual(fullState());
  });
});

describe("a draft", () => {
  it("shares no table with its state", () => {
    const state = fullState();
    const draft = draftOf(state);
    expect(draft).toEqual(state);
    for (const [key, value] of Object.entries(state)) {
      if (typeof value !== "object") continue;
      expect(draft[key as keyof State], key).not.toBe(value);
    }
  });
});
