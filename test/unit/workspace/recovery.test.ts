import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SnapformError } from "../../../src/errors/index.ts";
import type { ApplyEvent } from "../../../src/apply/events.ts";
import type { Change } from "../../../src/ledger/change.ts";
import type { StateStore } from "../../../src/state/state-store.ts";
import { openFaultyDriver } from "../../../src/testing/faulty-driver.ts";
import { bury } from "../../crash/bury.ts";
import { Seam } from "../../crash/seam.ts";
import { Stage, restoreTo, yamlOf } from "./begin.ts";

/** Applies until the first operation of that name, where the process dies. */
async function dieAt(stage: Stage, name: string): Promise<void> {
  const { acknowledge } = await stage.plan();
  const seam = new Seam({ cutAt: name });
  const workspace = stage.scene.open({ seam });
  const applying = workspace.apply({
    ...(acknowledge === null ? {} : { acknowledge }),
    lockTimeoutMs: 0,
    approve: () => Promise.resolve(true),
    onEvent: () => undefined,
  });
  await Promise.race([applying, seam.died]);
  expect(seam.hasCut).toBe(true);
  await seam.quiet();
  stage.prod.crash();
  stage.side.crash();
  stage.scene.endAll();
  await bury(stage.scene.root);
}

describe("recovery", () => {
  it("keeps an intent that it cannot look at, and lets the rest go on", async () => {
    const stage = await Stage.begin({ create: "native", serverNames: true });
    await dieAt(stage, "prod.create/begun");
    stage.prod.isReachable = false;
    const warnings: string[] = [];
    const onEvent = (event: ApplyEvent): void => {
      if (event.type === "warning") warnings.push(event.text);
    };
    const { result } = await stage.apply({ onEvent });
    expect(result?.exit).toBe("partial");
    expect(warnings.join()).toMatch(/interrupted create .* is not settled/);
    const state = await stage.readState();
    expect(Object.values(state?.snapshots ?? {}).map(({ collection }) => collection)).toEqual([
      "mail",
    ]);
    expect(Object.keys(state?.intents ?? {})).toHaveLength(1);

    stage.prod.isReachable = true;
    expect((await stage.apply()).result?.exit).toBe("done");
    expect(stage.prod.snapshots).toHaveLength(1);
    expect((await stage.readState())?.intents).toEqual({});
  });

  it("touches nothing of a target whose restore cannot be looked at", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    stage.scene.yaml = yamlOf(restoreTo("collection: docs, ifExists: replace"));
    await dieAt(stage, "prod.restore/place-node-0");
    const lost = new SnapformError("unavailable", "it is busy");
    const { result } = await stage.apply(
      {},
      {
        wrap: (driver, cluster) => {
          const faulty = openFaultyDriver(driver, stage.scene.clock);
          if (cluster === "prod") faulty.fail("recoverRestore").before(lost).times(9);
          return faulty;
        },
      },
    );
    const touched = result?.outcomes.filter(
      ({ action, outcome }) => action.collection === "docs" && outcome.status !== "skipped",
    );
    expect(touched).toEqual([]);
    expect(Object.keys((await stage.readState())?.intents ?? {})).toHaveLength(1);
    const { acknowledge } = await stage.plan();
    await stage.apply(acknowledge === null ? {} : { acknowledge });
    expect((await stage.readState())?.restores["restore.back"]).toBeDefined();
    expect(stage.prod.leftovers()).toEqual([]);
  });

  it("can be given up by hand", async () => {
    const stage = await Stage.begin({ create: "native", serverNames: true });
    await dieAt(stage, "prod.create/begun");
    const [actionId = ""] = Object.keys((await stage.readState())?.intents ?? {});
    const removed = await stage.use((workspace) => workspace.stateRemove(actionId, 0));
    expect(removed).toEqual([`intents.${actionId}`]);
    expect((await stage.readState())?.intents).not.toHaveProperty([actionId]);
  });

  it("keeps the record of an adopted snapshot whose expire was interrupted", async () => {
    const stage = await Stage.begin();
    await stage.nights(3);
    await stage.scene.loseState();
    // Another state begins before the snapshots are taken over, so they are of another lineage.
    await stage.apply();
    await stage.use((workspace) =>
      workspace.adopt({ ids: [], fromRepository: true, dryRun: false, lockTimeoutMs: 0 }),
    );
    await dieAt(stage, "repository.rename");
    const state = await stage.readState();
    expect(Object.values(state?.intents ?? {}).map(({ kind }) => kind)).toContain("expire");
    const { result } = await stage.apply();
    expect(result?.exit).toBe("done");
    const records = Object.keys((await stage.readState())?.snapshots ?? {}).sort();
    expect(records).toEqual(await stage.ids());
  });
});

describe("a restore that fails", () => {
  it("is cleared away before the process ends", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    stage.scene.yaml = yamlOf(restoreTo("collection: again"));
    const seam = new Seam();
    const wrap = (driver: Parameters<typeof openFaultyDriver>[0]) => {
      const original = driver.restore.bind(driver);
      return {
        ...driver,
        restore: async (...args: Parameters<typeof original>) => {
          const { runId, target } = args[0];
          stage.prod.journals.set(runId, {
            runId,
            target,
            procedure: "new",
            process: -1,
            at: "2026-03-10T12:00:00Z",
            previousIdentity: null,
            staged: { name: target, identity: "half", points: new Map() },
            phase: "building",
          });
          throw new SnapformError("unavailable", "the disk is full");
        },
      };
    };
    const { result } = await stage.apply({}, { seam, wrap });
    expect(result?.counts.failed).toBe(1);
    expect(stage.prod.journals.size).toBe(0);
    expect((await stage.readState())?.intents).toEqual({});
  });

  it("is cleared away also when it was cancelled", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    stage.scene.yaml = yamlOf(restoreTo("collection: again"));
    const controller = new AbortController();
    const seam = new Seam({
      onOperation: (at) => {
        if (seam.log[at - 1] === "prod.restore/build-node-0") controller.abort();
      },
    });
    const { result } = await stage.apply({}, { seam, signal: controller.signal });
    expect(result?.exit).toBe("cancelled");
    expect(stage.prod.leftovers()).toEqual([]);
    expect(stage.prod.collections.has("again")).toBe(false);
    expect((await stage.apply()).result?.exit).toBe("done");
    expect(stage.prod.read("again")).not.toBeNull();
  });
});

/** A store whose lock is lost once something matching was to be recorded. */
function losing(isLast: (change: Change) => boolean): (store: StateStore) => StateStore {
  let isLost = false;
  const lost = (): SnapformError => new SnapformError("locked", "taken over by somebody else");
  return (store) => ({
    ...store,
    async lock(request) {
      const lock = await store.lock(request);
      return new Proxy(lock, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== "function") return value;
          return (...args: unknown[]): unknown => {
            if (name === "append" && (args[0] as Change[]).some(isLast)) isLost = true;
            const isWrite = name === "append" || name === "write" || name === "check";
            if (isWrite && isLost) return Promise.reject(lost());
            return value.apply(target, args) as unknown;
          };
        },
      });
    },
  });
}

describe("an apply that may not write any more", () => {
  it.each(["intent", "settled", "policy-applied"] as const)(
    "stops where it is, deletes nothing and says so: %s",
    async (type) => {
      const stage = await Stage.begin();
      await stage.nights(3);
      stage.scene.yaml = yamlOf("", 1);
      const before = await stage.ids();
      const wrapStore = losing((change) => change.type === type);
      await expect(stage.apply({}, { wrapStore })).rejects.toMatchObject({ code: "locked" });
      const after = await stage.ids();
      if (type !== "policy-applied") expect(before.filter((id) => !after.includes(id))).toEqual([]);
      const { acknowledge } = await stage.plan();
      const again = await stage.apply(acknowledge === null ? {} : { acknowledge });
      expect(again.result?.exit).toBe("done");
    },
  );

  it("stops when the look at the world was cancelled, and records nothing", async () => {
    const stage = await Stage.begin();
    const controller = new AbortController();
    const seam = new Seam({
      onOperation: (at) => {
        if (seam.log[at - 1]?.startsWith("prod.observe")) controller.abort();
      },
    });
    const applying = stage.apply({}, { seam, signal: controller.signal });
    await expect(applying).rejects.toMatchObject({ code: "cancelled" });
    expect(await stage.readState()).toBeNull();
  });
});

describe("a repository", () => {
  it("is known to the state before anything lies in it", async () => {
    const stage = await Stage.begin();
    // The first object is about to get its place.
    await dieAt(stage, "repository.rename");
    expect((await stage.readState())?.repositories["vault"]).toBeDefined();
    // As if its disk were not mounted.
    await rm(join(stage.scene.root, "vault"), { recursive: true });
    const { result } = await stage.apply();
    expect(result?.outcomes).toEqual([]);
    expect(result?.exit).toBe("partial");
  });

  it("is empty when its maker died before the state knew of it", async () => {
    const stage = await Stage.begin();
    // Its identity is in place, and nothing else is.
    await dieAt(stage, "repository.unlink");
    expect(await stage.ids()).toEqual([]);
    expect((await stage.apply()).result?.exit).toBe("done");
    expect(await stage.ids()).toHaveLength(2);
  });
});
