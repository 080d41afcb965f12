import { expect } from "vitest";
import { contentHash } from "../../../src/engines/memory/content.ts";
import type { MemoryWorld } from "../../../src/engines/memory/world.ts";
import type { State } from "../../../src/ledger/state.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { repositoryOf } from "../../../src/snapshot/snapshot.ts";
import type { Scene } from "../../crash/scene.ts";

/** A whole copy of a snapshot, as it lies on the servers or in the repository. */
interface Copy {
  readonly collection: string;
  /** What it holds, by the hash of its points. */
  readonly holds: string;
  readonly project: string | null;
}

/** What has been seen so far, and what every look must agree with. */
export class History {
  readonly #scene: Scene;
  readonly #world: MemoryWorld;
  #seen: ReadonlyMap<string, Copy> = new Map();
  /** Copies that some plan named for deletion. */
  readonly #named: Set<string> = new Set();
  /** Contents that a collection had since the last look. */
  readonly #had: Map<string, Set<string>> = new Map();
  #foreign: string | null = null;
  snapshotCount = 0;
  expiredCount = 0;
  restoredCount = 0;

  constructor(scene: Scene, world: MemoryWorld) {
    this.#scene = scene;
    this.#world = world;
  }

  /** Remembers what a plan may delete. */
  async planned(plan: Plan): Promise<void> {
    const state = await this.#scene.store().read();
    for (const action of plan.actions) {
      if (action.kind !== "expire") continue;
      const { collection, snapshotId: id } = action;
      for (const place of action.places) {
        const isNative = repositoryOf(place) === null;
        this.#named.add(isNative ? nativeName(collection, keyOf(state, id)) : storedName(id));
      }
    }
  }

  /** Remembers what is in the collections now: what a snapshot may hold. */
  note(): void {
    for (const [name, { points }] of this.#world.collections) {
      const had = this.#had.get(name) ?? new Set();
      had.add(contentHash(points));
      this.#had.set(name, had);
    }
  }

  /** What servers keep goes with its collection: that is the user's doing. */
  dropped(collection: string): void {
    const isNative = (name: string): boolean => name.startsWith(nativeName(collection, ""));
    this.#seen = new Map([...this.#seen].filter(([name]) => !isNative(name)));
  }

  async look(): Promise<void> {
    this.note();
    const now = await this.#copies();
    for (const [name, copy] of this.#seen) if (!now.has(name)) this.#checkVanished(name, copy, now);
    for (const [name, copy] of now) this.#checkHolds(name, copy);
    this.#checkForeign(now);
    this.#seen = now;
    this.#had.clear();
    this.note();
  }

  /** What a snapshot holds as far as it was seen. */
  async holds(collection: string, id: string): Promise<string | undefined> {
    const stored = this.#seen.get(storedName(id));
    if (stored) return stored.holds;
    const state = await this.#scene.store().read();
    return this.#seen.get(nativeName(collection, keyOf(state, id)))?.holds;
  }

  #checkVanished(name: string, { collection }: Copy, now: ReadonlyMap<string, Copy>): void {
    expect(this.#named.has(name), `${name} vanished, and no plan named it`).toBe(true);
    this.expiredCount += 1;
    const left = [...now.values()].some((each) => each.collection === collection);
    expect(left, `nothing of ${collection} can be restored any more`).toBe(true);
  }

  #checkHolds(name: string, { collection, holds }: Copy): void {
    const before = this.#seen.get(name);
    if (before) {
      expect(holds, `${name} holds something else than before`).toBe(before.holds);
      return;
    }
    this.snapshotCount += 1;
    // A copy out of the cluster is made of what the cluster's snapshot holds.
    const copied = [...this.#seen.values()].filter((each) => each.collection === collection);
    const possible = new Set([
      ...(this.#had.get(collection) ?? []),
      ...copied.map((each) => each.holds),
    ]);
    expect([...possible], `${name} holds what was never there`).toContain(holds);
  }

  #checkForeign(now: ReadonlyMap<string, Copy>): void {
    const foreign = [...now]
      .filter(([, copy]) => copy.project === "other")
      .map(([name, copy]) => `${name} ${copy.holds}`);
    const text = foreign.sort().join("\n");
    this.#foreign ??= text;
    expect(text, "another project's snapshots were touched").toBe(this.#foreign);
  }

  async #copies(): Promise<ReadonlyMap<string, Copy>> {
    const copies = new Map<string, Copy>();
    const { parts: count } = this.#world.flavour;
    for (const { collection, name, parts, finishedAt } of this.#world.snapshots) {
      if (parts.size < count || finishedAt === null) continue;
      const points = new Map([...parts.values()].flatMap((part) => [...part]));
      const holds = contentHash(points);
      copies.set(nativeName(collection, name), { collection, holds, project: null });
    }
    const repository = await this.#scene.repository("vault").catch(() => null);
    if (!repository) return copies;
    const context = { signal: new AbortController().signal, progress: () => undefined };
    const { damage } = await repository.check({ readData: true }, context);
    expect(damage).toEqual([]);
    for (const { manifest } of (await repository.list()).snapshots) {
      const { id, collection, owner } = manifest;
      const { contentHash: holds } = manifest.details as { readonly contentHash: string };
      copies.set(storedName(id), { collection, holds, project: owner.project });
    }
    return copies;
  }
}

function keyOf(state: State | null, id: string): string {
  return state?.snapshots[id]?.native?.key ?? id;
}

function nativeName(collection: string, key: string): string {
  return `cluster ${collection} ${key}`;
}

function storedName(id: string): string {
  return `repository ${id}`;
}
