import { describe, expect, it } from "vitest";
import type { Change } from "../../src/ledger/change.ts";
import type { StateStore } from "../../src/state/state-store.ts";
import { pastOf, runCut, runUncut } from "./cutting.ts";
import { scenarios, type Scenario } from "./scenarios.ts";

function scenarioOf(title: string): Scenario {
  const found = scenarios.find((scenario) => scenario.title === title);
  if (!found) throw new Error(`no scenario ${title}`);
  return found;
}

/** A store that forgets some of what it is told to remember. */
function forgetful(forgets: (change: Change) => boolean): (store: StateStore) => StateStore {
  return (store) => ({
    ...store,
    async lock(request) {
      const lock = await store.lock(request);
      return new Proxy(lock, {
        get(target, name) {
          if (name === "append") {
            return (changes: readonly Change[], at: Date) =>
              target.append(
                changes.filter((change) => !forgets(change)),
                at,
              );
          }
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  });
}

async function faultsOf(
  scenario: Scenario,
  forgets: (change: Change) => boolean,
): Promise<readonly string[]> {
  const past = await pastOf(scenario);
  try {
    const broken = { wrapStore: forgetful(forgets) };
    const uncut = await runUncut(scenario, past, false);
    const { log } = await runUncut(scenario, past, false, broken);
    const faults: string[] = [];
    for (let cutAt = 1; cutAt <= log.length; cutAt += 1) {
      // Right after the cluster has been changed is where a missing intent shows.
      if (!log[cutAt - 1]?.startsWith("prod.")) continue;
      const cut = { cutAt, kind: "death" } as const;
      const { facts, leftovers, at } = await runCut(scenario, past, cut, broken);
      const isSame = JSON.stringify(facts) === JSON.stringify(uncut.facts);
      if (leftovers.length > 0 || !isSame) faults.push(at);
    }
    return faults;
  } finally {
    await past.close();
  }
}

describe("the cuts", () => {
  it("fall at every operation, in its order", async () => {
    const scenario = scenarioOf("a named snapshot on a cluster that chooses the names");
    const past = await pastOf(scenario);
    const { log } = await runUncut(scenario, past, false);
    const cuts: string[] = [];
    for (let cutAt = 1; cutAt <= log.length; cutAt += 1) {
      cuts.push((await runCut(scenario, past, { cutAt, kind: "death" })).at);
    }
    await past.close();
    expect(cuts).toEqual(log);
    for (const edge of ["state.", "journal.", "prod."]) {
      expect(
        cuts.some((name) => name.startsWith(edge)),
        edge,
      ).toBe(true);
    }
  });

  it("catch an apply that keeps no intents: what the server named is lost", async () => {
    const scenario = scenarioOf("a named snapshot on a cluster that chooses the names");
    const faults = await faultsOf(scenario, ({ type }) => type === "intent");
    expect(faults).toContain("prod.create/begun");
  });

  it("catch an apply that forgets what an expire was about to remove", async () => {
    const scenario = scenarioOf("a scheduled run where the server chooses the names");
    const faults = await faultsOf(
      scenario,
      (change) => change.type === "intent" && change.intent.kind === "expire",
    );
    expect(faults).toContain("prod.delete/node-1");
  });

  it("catch an apply that forgets that it began a restore", async () => {
    const scenario = scenarioOf("a restore behind an alias");
    const faults = await faultsOf(
      scenario,
      (change) => change.type === "intent" && change.intent.kind === "restore",
    );
    expect(faults.length).toBeGreaterThan(0);
  });
});
