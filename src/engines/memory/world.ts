import { SnapformError } from "../../errors/index.ts";
import type { RestoreProcedure } from "../../snapshot/capabilities.ts";
import { MEMORY_FLAVOUR, type MemoryFlavour } from "./capabilities.ts";
import { sortedPoints, type MemoryPoint, type MemoryPoints } from "./content.ts";

export interface MemoryCollection {
  readonly name: string;
  /** Another one each time that a collection of that name is made. */
  readonly identity: string;
  points: MemoryPoints;
}

/** A snapshot on the made-up servers. */
export interface MemorySnapshot {
  readonly collection: string;
  readonly collectionIdentity: string;
  readonly name: string;
  /** Ours, where the flavour lets it be read back. */
  readonly id: string | null;
  readonly description: string | null;
  readonly startedAt: string;
  finishedAt: string | null;
  /** Points of the collection before the first part was taken and after the last one. */
  readonly before: number;
  after: number;
  /** By node. */
  readonly parts: Map<number, MemoryPoints>;
  pinned: boolean;
}

/** A restore that was begun. */
export interface MemoryJournal {
  readonly runId: string;
  readonly target: string;
  readonly procedure: RestoreProcedure;
  readonly process: number;
  readonly at: string;
  /** Of the target, before. */
  readonly previousIdentity: string | null;
  /** What is built aside. */
  readonly staged: MemoryCollection;
  /** As in `building`: the target is untouched; `placing`: it may be in any state. */
  phase: "building" | "placing" | "placed";
}

/** What the disks of a made-up cluster hold, and the hands of its user and its operator. */
export class MemoryWorld {
  readonly identity: string;
  readonly flavour: MemoryFlavour;
  readonly collections: Map<string, MemoryCollection> = new Map();
  /** Alias to collection. */
  readonly aliases: Map<string, string> = new Map();
  readonly snapshots: MemorySnapshot[] = [];
  /** Captures that are held, with the process that holds them. */
  readonly holds: Map<string, number> = new Map();
  readonly journals: Map<string, MemoryJournal> = new Map();
  /** False: no call gets through. */
  isReachable = true;
  /** Nodes that do not answer. */
  readonly downNodes: Set<number> = new Set();
  /** Nodes that answer, but fail to make their part of a snapshot. */
  readonly failingNodes: Set<number> = new Set();
  readonly #living: Set<number> = new Set();
  #numberCount = 0;

  constructor(flavour: Partial<MemoryFlavour> = {}, identity = "memory-cluster-1") {
    this.flavour = Object.freeze({ ...MEMORY_FLAVOUR, ...flavour });
    this.identity = identity;
  }

  /** A number that nothing else in this world has. */
  nextNumber(): number {
    this.#numberCount += 1;
    return this.#numberCount;
  }

  /** A process begins to work on this world. */
  enter(): number {
    const process = this.nextNumber();
    this.#living.add(process);
    return process;
  }

  isAlive(process: number): boolean {
    return this.#living.has(process);
  }

  /** One process dies this instant. */
  kill(process: number): void {
    this.#living.delete(process);
  }

  /** All processes die this instant: their calls never end, and nothing of theirs is cleared. */
  crash(): void {
    this.#living.clear();
  }

  /** What captures and restores have left or still need: names for a test's message. */
  leftovers(): string[] {
    const open = [...this.journals.values()].filter((journal) => journal.phase !== "placed");
    return [...this.holds.keys(), ...open.map((journal) => `restore-${journal.runId}`)];
  }

  // What a user of the database does.

  createCollection(name: string, points: readonly MemoryPoint[] = []): MemoryCollection {
    if (this.collections.has(name) || this.aliases.has(name)) {
      throw new SnapformError("already-exists", `collection ${name} exists already`);
    }
    const identity = `memory-collection-${this.nextNumber()}`;
    const collection = { name, identity, points: byId(new Map(), points) };
    this.collections.set(name, collection);
    return collection;
  }

  /** Adds points, or replaces those of the same id. */
  write(name: string, points: readonly MemoryPoint[]): void {
    const collection = this.#collection(name);
    collection.points = byId(collection.points, points);
  }

  remove(name: string, ids: readonly string[]): void {
    const collection = this.#collection(name);
    const points = new Map(collection.points);
    for (const id of ids) points.delete(id);
    collection.points = points;
  }

  /** The points by id, or null when there is no such collection. */
  read(name: string): MemoryPoint[] | null {
    const collection = this.collections.get(this.aliases.get(name) ?? name);
    return collection === undefined ? null : sortedPoints(collection.points);
  }

  /** Drops a collection with its aliases. Its snapshots stay, but nobody can list them. */
  drop(name: string): void {
    this.collections.delete(name);
    for (const [alias, collection] of this.aliases) {
      if (collection === name) this.aliases.delete(alias);
    }
  }

  recreate(name: string, points: readonly MemoryPoint[] = []): MemoryCollection {
    this.drop(name);
    return this.createCollection(name, points);
  }

  /** Pins or releases a snapshot on the server. */
  pin(collection: string, name: string, pinned: boolean): void {
    for (const snapshot of this.snapshots) {
      if (snapshot.collection === collection && snapshot.name === name) snapshot.pinned = pinned;
    }
  }

  #collection(name: string): MemoryCollection {
    const collection = this.collections.get(this.aliases.get(name) ?? name);
    if (collection !== undefined) return collection;
    throw new SnapformError("not-found", `there is no collection ${JSON.stringify(name)}`);
  }
}

function byId(points: MemoryPoints, added: readonly MemoryPoint[]): MemoryPoints {
  const copies = added.map((point) =>
    Object.freeze({ ...point, vector: Object.freeze([...point.vector]) }),
  );
  return new Map([...points, ...copies.map((point) => [point.id, point] as const)]);
}
