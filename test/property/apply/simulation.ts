import { expect } from "vitest";
import { isSnapformError, SnapformError } from "../../../src/errors/index.ts";
import { contentHash } from "../../../src/engines/memory/content.ts";
import type { MemoryFlavour } from "../../../src/engines/memory/capabilities.ts";
import { MemoryWorld } from "../../../src/engines/memory/world.ts";
import { withheldBecause } from "../../../src/plan/acknowledge.ts";
import { openFaultyDriver } from "../../../src/testing/faulty-driver.ts";
import type { Applied } from "../../../src/workspace/workspace.ts";
import { bury } from "../../crash/bury.ts";
import { pointsOf } from "../../crash/points.ts";
import { Scene, type OpenOptions } from "../../crash/scene.ts";
import { Seam } from "../../crash/seam.ts";
import { TestClock } from "../../crash/test-clock.ts";
import { COLLECTIONS, type Act } from "./acts.ts";
import { History } from "./history.ts";
import { Wishes } from "./wishes.ts";

const HOUR_MS = 3_600_000;
/** About as many operations as an apply of a simulation takes. */
const USUAL_COUNT = 160;

export interface Flavour {
  readonly name: string;
  readonly memory: Partial<MemoryFlavour>;
  readonly place: "vault" | "cluster";
}

export const FLAVOURS: readonly Flavour[] = [
  { name: "captured into a repository", memory: { create: "capture" }, place: "vault" },
  { name: "kept on two nodes", memory: { parts: 2 }, place: "cluster" },
  { name: "named by the server", memory: { parts: 2, serverNames: true }, place: "cluster" },
  {
    name: "named by the server and copied out",
    memory: { parts: 2, serverNames: true },
    place: "vault",
  },
];

/** What changes the data, the clock or the configuration, and nothing else. */
type Edit = Exclude<
  Act,
  { kind: "apply" | "broken-apply" | "faulty-apply" | "lose-state" | "pin" }
>;

/** A cluster, a configuration and a state, through whatever is done to them. */
export class Simulation {
  readonly world: MemoryWorld;
  readonly scene: Scene;
  readonly history: History;
  readonly #wishes: Wishes;
  readonly #place: Flavour["place"];
  #edition = 0;

  private constructor(flavour: Flavour, scene: Scene, world: MemoryWorld) {
    this.world = world;
    this.scene = scene;
    this.#place = flavour.place;
    this.#wishes = new Wishes(flavour.place);
    this.history = new History(scene, world);
  }

  static async start(flavour: Flavour): Promise<Simulation> {
    const world = new MemoryWorld(flavour.memory);
    for (const name of COLLECTIONS) world.createCollection(name, pointsOf(0, 8));
    const clock = new TestClock("2026-03-10T12:00:00Z");
    const scene = await Scene.make("", { prod: world }, clock);
    const simulation = new Simulation(flavour, scene, world);
    await simulation.#letAnotherProjectWork();
    simulation.history.note();
    await simulation.history.look();
    return simulation;
  }

  async act(act: Act): Promise<void> {
    switch (act.kind) {
      case "apply":
        await this.#applyTwice(act.acknowledges);
        break;
      case "broken-apply":
        await this.#breakApply(act.how, 1 + Math.floor(act.at * USUAL_COUNT));
        break;
      case "faulty-apply":
        await this.#faultyApply(act);
        break;
      case "lose-state":
        await this.#loseState(act.adopts);
        break;
      case "pin":
        await this.#pin();
        break;
      case "write":
      case "shrink":
      case "drop":
      case "recreate":
      case "wait":
      case "turn-back":
      case "retention":
      case "weekly":
      case "rename":
      case "take":
      case "restore":
        this.#edit(act);
    }
    await this.history.look();
  }

  /** After everything: an apply that nothing disturbs ends, and leaves nothing half done. */
  async end(): Promise<void> {
    this.scene.clock.advance(24 * HOUR_MS);
    await this.#applyTwice(true);
    await this.history.look();
    const workspace = this.scene.open();
    const state = await workspace.readState();
    expect(Object.keys(state?.intents ?? {})).toEqual([]);
    expect(await workspace.lockHolder()).toBeNull();
    await workspace.close();
    expect(this.world.leftovers()).toEqual([]);
  }

  #edit(act: Edit): void {
    const { world, scene } = this;
    const wishes = this.#wishes;
    this.#edition += 1;
    switch (act.kind) {
      case "write":
        if (!world.collections.has(act.collection)) return;
        world.write(act.collection, pointsOf(this.#edition * 10, act.count, this.#edition));
        return;
      case "shrink": {
        const ids = world.read(act.collection)?.map((point) => point.id) ?? [];
        if (ids.length > 0) world.remove(act.collection, ids.slice(1));
        return;
      }
      case "drop":
        this.#drop(act.collection);
        return;
      case "recreate":
        this.#drop(act.collection);
        world.createCollection(act.collection, pointsOf(0, act.count, this.#edition));
        return;
      case "wait":
        scene.clock.advance(act.hours * HOUR_MS);
        return;
      case "turn-back":
        scene.clock.nowMs -= act.minutes * 60_000;
        return;
      case "retention":
        wishes.last = act.last;
        wishes.daily = act.daily;
        return;
      case "weekly":
        wishes.weekly =
          act.fate === "declare" ? "declared" : act.fate === "delete" ? "deleted" : "forgotten";
        return;
      case "rename": {
        const next = `nightly-${wishes.moves.length + 1}`;
        wishes.moves.push([wishes.policy, next]);
        wishes.policy = next;
        return;
      }
      case "take":
        wishes.takeCount += 1;
        return;
      case "restore":
        wishes.restores.push({ collection: act.collection, into: act.into });
        return;
    }
  }

  /** As most servers do it, the snapshots that they keep go with their collection. */
  #drop(collection: string): void {
    const { world } = this;
    world.drop(collection);
    const left = world.snapshots.filter((each) => each.collection !== collection);
    world.snapshots.splice(0, Infinity, ...left);
    this.history.dropped(collection);
  }

  async #letAnotherProjectWork(): Promise<void> {
    this.scene.yaml = new Wishes(this.#place).yaml("other", "state-other");
    this.scene.stateFolder = "state-other";
    await this.#apply({}, false);
    this.scene.stateFolder = "state";
  }

  /** One apply; null when it was refused or failed with an error of ours. */
  async #apply(options: OpenOptions, acknowledges: boolean): Promise<Applied | null> {
    if (this.scene.stateFolder === "state") this.scene.yaml = this.#wishes.yaml();
    const workspace = this.scene.open(options);
    try {
      const hash = acknowledges ? (await workspace.plan({})).plan.acknowledge : null;
      return await workspace.apply({
        ...(hash === null ? {} : { acknowledge: hash }),
        lockTimeoutMs: 0,
        approve: async (plan) => {
          await this.history.planned(plan);
          return true;
        },
        onEvent: () => this.history.note(),
      });
    } catch (error) {
      if (!isSnapformError(error)) throw error;
      if (error.code === "internal" && !options.seam?.hasCut) throw error;
      return null;
    } finally {
      await workspace.close();
    }
  }

  async #applyTwice(acknowledges: boolean): Promise<void> {
    const applied = await this.#apply({}, acknowledges);
    await this.history.look();
    await this.#checkRestores(applied);
    if (applied?.result?.exit !== "done") return;
    const workspace = this.scene.open();
    const { plan } = await workspace.plan({});
    await workspace.close();
    const left = plan.actions
      .filter((each) => withheldBecause(each, false) === null)
      .map(({ id }) => id);
    expect(left, "a second plan at the same instant has something to do").toEqual([]);
  }

  async #checkRestores(applied: Applied | null): Promise<void> {
    for (const { action, outcome } of applied?.result?.outcomes ?? []) {
      if (action.kind !== "restore" || outcome.status !== "done") continue;
      const holds = await this.history.holds(action.from.collection, action.snapshotId);
      const live = this.world.collections.get(action.collection);
      if (holds === undefined) continue;
      expect(live && contentHash(live.points), `${action.id} holds something else`).toBe(holds);
      this.history.restoredCount += 1;
    }
  }

  async #breakApply(how: "death" | "error" | "cancel", cutAt: number): Promise<void> {
    const controller = new AbortController();
    const seam = new Seam({
      ...(how === "cancel" ? {} : { cutAt, kind: how }),
      onOperation: (count) => {
        if (how === "cancel" && count === cutAt) controller.abort();
      },
    });
    const ended = this.#apply({ seam, signal: controller.signal }, true);
    await Promise.race([ended, seam.died]);
    await seam.quiet();
    await this.#endProcess();
  }

  async #faultyApply(act: Extract<Act, { kind: "faulty-apply" }>): Promise<void> {
    const controller = new AbortController();
    const lost = new SnapformError("unavailable", "the answer was lost", { outcomeUnknown: true });
    const refused = new SnapformError("unavailable", "the cluster is busy");
    const wrap: NonNullable<OpenOptions["wrap"]> = (driver) => {
      const faulty = openFaultyDriver(driver, this.scene.clock);
      const script = faulty.fail(act.method);
      if (act.how === "before") script.before(refused);
      if (act.how === "after") script.after(lost);
      if (act.how === "hang") script.hang();
      return faulty;
    };
    const timer = act.how === "hang" ? setTimeout(() => controller.abort(), 40) : undefined;
    await this.#apply({ wrap, signal: controller.signal }, true);
    clearTimeout(timer);
    await this.#endProcess();
  }

  async #endProcess(): Promise<void> {
    this.world.crash();
    this.scene.endAll();
    await bury(this.scene.root);
  }

  async #loseState(adopts: boolean): Promise<void> {
    await this.scene.loseState();
    if (!adopts || this.#place === "cluster") return;
    const workspace = this.scene.open();
    await workspace.adopt({ ids: [], fromRepository: true, dryRun: false, lockTimeoutMs: 0 });
    await workspace.close();
  }

  async #pin(): Promise<void> {
    const workspace = this.scene.open();
    const { snapshots } = await workspace.observe();
    const [newest] = snapshots.filter(({ owner }) => owner?.project === "project");
    if (newest) await workspace.pin(newest.id, true, 0).catch(expectOurs);
    await workspace.close();
  }
}

function expectOurs(error: unknown): void {
  if (!isSnapformError(error) || error.code === "internal") throw error;
}
