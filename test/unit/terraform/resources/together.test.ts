import { readdir, rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { EngineDriver } from "../../../../src/engine/driver.ts";
import { SnapformError } from "../../../../src/errors/index.ts";
import { openLocalStateStore } from "../../../../src/state/local/local-state-store.ts";
import { pointsOf } from "../../../crash/points.ts";
import type { Plain, PlannedChange, Said } from "./mini-terraform.ts";
import { policy, Stage, type StageOptions } from "./stage.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"] as const;
const addressOf = (name: string): string => `snapform_backup_policy.${name}`;
const only = (name: string, more: Plain = {}): Plain =>
  policy({ name, collections: [name], retention: { last: "1" }, ...more });

async function openStage(options: StageOptions = {}): Promise<Stage> {
  const stage = await Stage.open(options);
  for (const name of NAMES) stage.prod.createCollection(name, pointsOf(0, 3));
  return stage;
}

type Planned = ReadonlyMap<string, PlannedChange>;
type Configs = Readonly<Record<string, Plain>>;

const all = (more: Plain = {}): Configs =>
  Object.fromEntries(NAMES.map((name) => [name, only(name, more)]));

async function planAll(stage: Stage, configs: Configs): Promise<Planned> {
  const planned = new Map<string, PlannedChange>();
  await stage.terraform.begin();
  for (const [name, config] of Object.entries(configs)) {
    await stage.terraform.refresh(addressOf(name));
    planned.set(name, await stage.terraform.plan(addressOf(name), config));
  }
  return planned;
}

/** Applies at once, as Terraform does where nothing depends on anything. */
async function applyAll(
  stage: Stage,
  configs: Configs,
  planned: Planned,
): Promise<Readonly<Record<string, readonly Said[]>>> {
  await stage.terraform.begin();
  const said = await Promise.all(
    Object.entries(configs).map(async ([name, config]) => {
      const change = planned.get(name) as PlannedChange;
      return [name, await stage.terraform.apply(addressOf(name), config, change)] as const;
    }),
  );
  return Object.fromEntries(said);
}

async function stateOf(stage: Stage) {
  const path = `${stage.folder}/vault/.snapform/project`;
  const state = await openLocalStateStore({ path, clock: stage.clock }).read();
  if (state === null) throw new Error("there is no state");
  return state;
}

const silence = Object.fromEntries(NAMES.map((name) => [name, []]));

describe("policies that are applied at once", () => {
  it("are applied in one go: one lock, one look before and one after", async () => {
    const stage = await openStage();
    const planned = await planAll(stage, all());
    stage.looks = 0;
    expect(await applyAll(stage, all(), planned)).toEqual(silence);
    expect(stage.looks).toBe(2);
    const { serial, snapshots } = await stateOf(stage);
    expect(serial).toBe(1);
    expect(Object.values(snapshots).map(({ address }) => address)).toHaveLength(NAMES.length);
    for (const name of NAMES) {
      expect(stage.changes(addressOf(name))).toEqual([expect.stringContaining(`prod/${name} `)]);
      expect(stage.status(addressOf(name))).toBe("ok");
    }
  });

  it("have nothing left to do afterwards", async () => {
    const stage = await openStage();
    await applyAll(stage, all(), await planAll(stage, all()));
    const second = await planAll(stage, all());
    expect([...second.values()].map(({ action }) => action)).toEqual(NAMES.map(() => "no-op"));
  });

  it("make and expire what each plan says, night after night", async () => {
    const stage = await openStage();
    await applyAll(stage, all(), await planAll(stage, all()));
    for (let night = 0; night < 3; night += 1) {
      stage.days(1);
      const planned = await planAll(stage, all());
      expect(await applyAll(stage, all(), planned)).toEqual(silence);
    }
    const { serial, snapshots } = await stateOf(stage);
    expect(serial).toBe(4);
    expect(
      Object.values(snapshots)
        .map(({ collection }) => collection)
        .sort(),
    ).toEqual(NAMES);
    for (const name of NAMES) expect(stage.changes(addressOf(name))).toHaveLength(2);
  });

  it("do not share a failure", async () => {
    const wrap = (driver: EngineDriver): EngineDriver => ({
      ...driver,
      capture: (request, context) => {
        if (request.collection === "c") throw new SnapformError("unavailable", "c is silent");
        return driver.capture!(request, context);
      },
    });
    const stage = await openStage({ wrap });
    const said = await applyAll(stage, all(), await planAll(stage, all()));
    const { c = [], ...others } = said;
    expect(c).toMatchObject([{ severity: "error", summary: "Could not create a snapshot" }]);
    expect(Object.values(others).flat()).toEqual([]);
    expect([...stage.terraform.objects.keys()].sort()).toEqual(
      NAMES.filter((name) => name !== "c").map(addressOf),
    );
  });

  it("do not share a refusal: a plan that no longer fits stops its own policy alone", async () => {
    const stage = await openStage();
    await applyAll(stage, all(), await planAll(stage, all()));
    stage.days(1);
    const planned = await planAll(stage, all());
    stage.prod.recreate("b");
    const { b = [], ...others } = await applyAll(stage, all(), planned);
    expect(b).toMatchObject([{ severity: "error" }]);
    expect(b[0]?.detail).toContain("was dropped and made anew");
    expect(Object.values(others).flat()).toEqual([]);
    expect(stage.changes(addressOf("a"))).toHaveLength(2);
  });

  it("say what concerns all of them although the first one is refused", async () => {
    let isSwept = true;
    const wrap = (driver: EngineDriver): EngineDriver => ({
      ...driver,
      sweep: (context) => {
        if (!isSwept) throw new SnapformError("unavailable", "the broom is gone");
        return driver.sweep(context);
      },
    });
    const stage = await openStage({ wrap });
    await applyAll(stage, all(), await planAll(stage, all()));
    stage.days(1);
    const planned = await planAll(stage, all());
    stage.prod.recreate("a");
    isSwept = false;
    const { a = [], ...others } = await applyAll(stage, all(), planned);
    expect(a).toMatchObject([{ severity: "error" }]);
    expect(Object.values(others).flat()).toMatchObject([{ summary: "Something to know" }]);
  });

  it("begin no state in the name of a plan whose own state is gone", async () => {
    const stage = await openStage();
    const configs = { a: only("a", { retention: { last: "3" } }), b: only("b") };
    for (let night = 0; night < 3; night += 1) {
      await applyAll(stage, configs, await planAll(stage, configs));
      stage.days(1);
    }
    // Declared anew, with a rule that would let all of them go.
    stage.terraform.objects.delete(addressOf("a"));
    const planned = await planAll(stage, { a: only("a"), b: only("b") });
    await rm(`${stage.folder}/vault/.snapform`, { recursive: true });
    await stage.terraform.begin();
    const apply = (name: string): Promise<readonly Said[]> =>
      stage.terraform.apply(addressOf(name), only(name), planned.get(name) as PlannedChange);
    const first = apply("b");
    await new Promise((resolve) => void setImmediate(resolve));
    const [a, b] = await Promise.all([apply("a"), first]);
    expect(b[0]?.detail).toContain("the state that it was made for is gone");
    expect(a).toMatchObject([{ summary: "Snapshots of this project are not in the state" }]);
    expect(await readdir(`${stage.folder}/vault/snapshots/prod/a`)).toHaveLength(4);
  });

  it("wait for one another where they are about the same collection", async () => {
    const stage = await openStage();
    const configs = {
      one: only("one", { collections: ["a"] }),
      two: only("two", { collections: ["a", "b"] }),
      three: only("three", { collections: ["c"] }),
    };
    for (let night = 0; night < 2; night += 1) {
      const said = await applyAll(stage, configs, await planAll(stage, configs));
      expect(Object.values(said).flat()).toEqual([]);
      stage.days(1);
    }
    const { serial, snapshots } = await stateOf(stage);
    // Each night one go for the first and the third, and one for the second.
    expect(serial).toBe(4);
    const held = Object.values(snapshots).map(
      ({ address, collection }) => `${address} ${collection}`,
    );
    expect(held.sort()).toEqual(["policy.one a", "policy.three c", "policy.two a", "policy.two b"]);
  });

  it("go alone where something is acknowledged, limited in time or taken over", async () => {
    const stage = await openStage();
    await applyAll(stage, all(), await planAll(stage, all()));
    const configs = {
      a: only("a", { description: "x", acknowledge: "000000000000" }),
      b: only("b", { description: "x", timeouts: { update: "10m" } }),
      c: only("c2", { collections: ["c"], former_names: ["c"] }),
      d: only("d", { description: "x" }),
      e: only("e", { description: "x" }),
    };
    const said = await applyAll(stage, configs, await planAll(stage, configs));
    expect(Object.values(said).flat()).toEqual([]);
    for (const name of ["a", "b", "c", "d", "e"]) {
      expect(stage.status(addressOf(name))).toBe("ok");
    }
    // The first night, the three, and the other two.
    expect((await stateOf(stage)).serial).toBe(5);
  });
});
