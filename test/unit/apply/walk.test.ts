import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/apply/events.ts";
import { walk, type WalkOptions } from "../../../src/apply/walk.ts";
import type { Action } from "../../../src/plan/action.ts";

const DONE: Outcome = { status: "done", detail: {} };

function action(kind: Action["kind"], id: string, change: Partial<Action> = {}): Action {
  const base = { kind, id, cluster: "prod", collection: "docs", snapshotId: id, dependsOn: [] };
  return { ...base, places: ["repository.vault"], hazards: [], ...change } as unknown as Action;
}

function run(actions: readonly Action[], options: Partial<WalkOptions> = {}) {
  return walk(actions, {
    signal: new AbortController().signal,
    limitOf: () => 4,
    decide: () => null,
    perform: () => Promise.resolve(DONE),
    finished: () => undefined,
    ...options,
  });
}

describe("walking the actions of a plan", () => {
  it("rejects when a listener throws, instead of waiting for ever", async () => {
    const finished = (): never => {
      throw new Error("the view broke");
    };
    await expect(run([action("create", "a")], { finished })).rejects.toThrow("the view broke");
    const decide = (): Outcome => ({ status: "satisfied", why: "it is there" });
    const walking = run([action("create", "a")], { finished, decide });
    await expect(walking).rejects.toThrow("the view broke");
  });

  it("lets what runs end before it rejects", async () => {
    const ended: string[] = [];
    const { promise: slow, resolve } = Promise.withResolvers<void>();
    const walking = run([action("create", "bad"), action("create", "slow", { collection: "b" })], {
      perform: async ({ id }) => {
        if (id === "bad") throw new Error("no lock");
        await slow;
        ended.push(id);
        return DONE;
      },
    });
    setTimeout(resolve, 20);
    await expect(walking).rejects.toThrow("no lock");
    expect(ended).toEqual(["slow"]);
  });

  it("skips what depends on something that is not in the plan", async () => {
    const outcomes = await run([action("expire", "old", { dependsOn: ["create:gone"] })]);
    expect(outcomes.get("old")).toEqual({
      status: "skipped",
      why: "create:gone is not in the plan",
    });
  });

  it("says that it is a bug when actions wait for one another", async () => {
    const walking = run([
      action("create", "a", { dependsOn: ["b"] }),
      action("create", "b", { dependsOn: ["a"] }),
    ]);
    await expect(walking).rejects.toMatchObject({ code: "internal" });
  });

  it.each<[Outcome["status"], Outcome["status"]]>([
    ["done", "done"],
    ["satisfied", "done"],
    ["failed", "skipped"],
    ["skipped", "skipped"],
    // What nobody has acknowledged makes nothing that a retention would have to wait for.
    ["withheld", "done"],
  ])("after a create that is %s an expire of its collection is %s", async (create, expire) => {
    const outcomes = await run([action("create", "new"), action("expire", "old")], {
      perform: ({ id }) =>
        Promise.resolve(id === "new" ? ({ status: create, why: "" } as unknown as Outcome) : DONE),
    });
    expect(outcomes.get("old")?.status).toBe(expire);
  });

  it("keeps what a restore that was held back wants to read", async () => {
    const decide = ({ kind }: Action): Outcome | null =>
      kind === "restore" ? { status: "withheld", why: "not acknowledged" } : null;
    const restore = action("restore", "back", { snapshotId: "old", collection: "other" });
    const outcomes = await run([restore, action("expire", "old")], { decide });
    expect(outcomes.get("old")?.status).toBe("skipped");
  });

  it("expires a collection's snapshots side by side, and makes them one by one", async () => {
    const most = new Map<string, number>();
    let running = 0;
    const perform = async ({ kind }: Action): Promise<Outcome> => {
      running += 1;
      most.set(kind, Math.max(most.get(kind) ?? 0, running));
      await Promise.resolve();
      running -= 1;
      return DONE;
    };
    const names = Array.from({ length: 20 }, (_, index) => String(index));
    await run(
      [
        ...names.map((name) => action("create", `c${name}`)),
        ...names.map((name) => action("expire", `e${name}`)),
      ],
      { perform },
    );
    expect(most.get("create")).toBe(1);
    expect(most.get("expire")).toBe(8);
  });

  it("walks ten thousand expires without going through all of them for each", async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => action("expire", String(index)));
    let decisions = 0;
    const decide = (): null => {
      decisions += 1;
      return null;
    };
    const outcomes = await run(many, { decide });
    expect(outcomes.size).toBe(10_000);
    expect(decisions).toBeLessThan(100_000);
  });
});
