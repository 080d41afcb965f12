import assert from "node:assert/strict";
import { inspect } from "node:util";
import type {
  Capture,
  EngineContext,
  NativeSnapshot,
  RestoreRequest,
  RestoreResult,
  RestoreTrace,
} from "../../engine/driver.ts";
import { openEngine, type Engine } from "../../engine/engine.ts";
import { isSnapformError, type ErrorCode, type SnapformError } from "../../errors/index.ts";
import { planRoute } from "../../plan/restore-route.ts";
import type { RestoreProcedure } from "../../snapshot/capabilities.ts";
import type { RouteStep } from "../../snapshot/layout.ts";
import type { Json, Manifest } from "../../snapshot/manifest.ts";
import { snapshotId } from "../../snapshot/snapshot-id.ts";
import type { NativeHandle } from "../../snapshot/snapshot.ts";
import { SnapshotShelf, type ShelfReaderOptions } from "../snapshot-shelf.ts";
import type { ContractPoint, EngineCase, EngineHarness, MortalDriver, Need } from "./case.ts";

const DEFAULT_PREFIX = "snapform-test-";

export type RestoreSource = RestoreRequest["source"];

/** `count` points, the first with the id `from`. */
export function pointsFrom(from: number, count: number): ContractPoint[] {
  return Array.from({ length: count }, (_, index) => {
    const id = from + index;
    const vector = [id / 8, (id % 7) / 4, (id % 5) / 2, 1];
    return { id, text: `text ${id}`, vector };
  });
}

/** What one case works with. */
export class Bench {
  readonly harness: EngineHarness;
  readonly shelf: SnapshotShelf = new SnapshotShelf();
  readonly #engines: Engine[] = [];
  readonly #names: Set<string> = new Set();
  /** What each run of a restore has asked to be remembered, as the ledger would. */
  readonly #remembered: Map<string, Json> = new Map();
  #takeCount = 0;

  constructor(harness: EngineHarness) {
    this.harness = harness;
  }

  async open(): Promise<Engine> {
    return this.#wrap(await this.harness.open());
  }

  /** An engine that dies, and a way to wait for what comes first: its answer or its death. */
  async openMortal(count: number): Promise<{ engine: Engine; died: MortalDriver["died"] }> {
    const mortal = await this.harness.openMortal?.(count);
    assert.ok(mortal, "the harness has a driver that dies");
    return { engine: this.#wrap(mortal.driver, false), died: mortal.died };
  }

  /** A name of a collection that is not there yet, and that is dropped when the case ends. */
  name(label = "c"): string {
    const prefix = this.harness.prefix ?? DEFAULT_PREFIX;
    const name = `${prefix}${label}_${this.harness.clock.randomHex(4)}`;
    this.#names.add(name);
    return name;
  }

  async collection(points: readonly ContractPoint[] = pointsFrom(1, 40)): Promise<string> {
    const name = this.name();
    await this.harness.create(name, points);
    return name;
  }

  runId(): string {
    return `run-${this.harness.clock.randomHex(6)}`;
  }

  snapshotId(collection: string): string {
    const { clock, cluster } = this.harness;
    this.#takeCount += 1;
    const take = this.#takeCount;
    const address = "snapshot.contract";
    return snapshotId({ lineage: null, address, cluster, collection, at: clock.now(), take });
  }

  /** Takes a snapshot in the way of the engine, for restoring from. */
  async take(engine: Engine, collection: string): Promise<RestoreSource> {
    if (engine.capabilities.create === "capture") {
      const manifest = await this.takeOut(engine, collection);
      return { kind: "repository", reader: this.shelf.reader(manifest) };
    }
    const snapshot = await this.createNative(engine, collection);
    return { kind: "native", snapshot, collection };
  }

  /** Takes a snapshot and holds it in a repository. */
  async takeOut(
    engine: Engine,
    collection: string,
    previous: readonly Manifest[] = [],
  ): Promise<Manifest> {
    const id = this.snapshotId(collection);
    const context = contextOf();
    if (engine.capabilities.create === "capture") {
      const request = { snapshotId: id, collection, previous };
      return this.keep(await engine.capture(request, context), collection, id);
    }
    const native = await this.createNative(engine, collection, { id });
    const { key, details } = native;
    return this.keep(await engine.readNative(native, context), collection, id, { key, details });
  }

  /** Stores a capture and closes it. */
  async keep(
    capture: Capture,
    collection: string,
    id: string,
    native: NativeHandle | null = null,
  ): Promise<Manifest> {
    const { clock, cluster } = this.harness;
    const at = clock.now().toISOString();
    const owner = { project: "snapform-test", lineage: "contract", address: "snapshot.contract" };
    const request = {
      id,
      owner,
      cluster,
      collection,
      engine: this.#engines[0]?.engine ?? "",
      startedAt: at,
      finishedAt: at,
      scheduledFor: null,
      description: null,
      keepUntil: null,
      native,
    };
    try {
      return await this.shelf.store(capture, request, contextOf());
    } finally {
      await capture.close();
    }
  }

  createNative(
    engine: Engine,
    collection: string,
    options: {
      readonly id?: string;
      readonly earlier?: Json;
      readonly record?: (details: Json) => Promise<void>;
    } = {},
  ): Promise<NativeSnapshot> {
    const request = {
      snapshotId: options.id ?? this.snapshotId(collection),
      collection,
      description: null,
      earlier: options.earlier ?? null,
      record: options.record ?? (() => Promise.resolve()),
    };
    return engine.createNative(request, contextOf());
  }

  fromShelf(manifest: Manifest, options: ShelfReaderOptions = {}): RestoreSource {
    return { kind: "repository", reader: this.shelf.reader(manifest, options) };
  }

  async restore(
    engine: Engine,
    source: RestoreSource,
    target: string,
    options: Partial<RestoreRequest> = {},
    context: EngineContext = contextOf(),
  ): Promise<RestoreResult> {
    const runId = options.runId ?? this.runId();
    const procedure = options.procedure ?? "new";
    const request: RestoreRequest = {
      runId,
      source,
      target,
      procedure,
      expectedIdentity: null,
      check: "count",
      route: await this.#route(source, target, procedure),
      aliases: false,
      earlier: this.#remembered.get(runId) ?? null,
      record: (details) => {
        this.#remembered.set(runId, details);
        return Promise.resolve();
      },
      ...options,
    };
    return engine.restore(request, context);
  }

  /** Looks at an interrupted run with what it had asked to be remembered. */
  recover(engine: Engine, runId: string, target: string): Promise<RestoreTrace> {
    const earlier = this.#remembered.get(runId) ?? null;
    return engine.recoverRestore({ runId, target, earlier }, contextOf());
  }

  /** Which part goes where, as the planner would say; nothing where it would refuse. */
  async #route(
    source: RestoreSource,
    target: string,
    procedure: RestoreProcedure,
  ): Promise<readonly RouteStep[]> {
    const driver = await this.harness.open();
    try {
      const seen = await driver.observe(contextOf());
      const { cluster: name } = this.harness;
      const { engine, capabilities } = driver;
      const observed = { ...seen, name, engine, capabilities, reachable: true, problem: null };
      const live = seen.collections.find((each) => each.name === target) ?? null;
      const { layout } = source.kind === "native" ? source.snapshot : source.reader.manifest;
      const asked = { source: layout, snapshotId: "s", target: observed, live, procedure };
      const route = planRoute({ ...asked, collection: target });
      return "steps" in route ? route.steps : [];
    } finally {
      await driver.close();
    }
  }

  /** The identity that the engine tells; null when it does not see the collection. */
  async identityOf(engine: Engine, collection: string): Promise<string | null> {
    const { collections } = await engine.observe(contextOf());
    return collections.find(({ name }) => name === collection)?.identity ?? null;
  }

  async read(collection: string): Promise<readonly ContractPoint[] | null> {
    const points = await this.harness.read(collection);
    return points?.toSorted((a, b) => a.id - b.id) ?? null;
  }

  async holds(collection: string, points: readonly ContractPoint[] | null): Promise<void> {
    const wanted = points?.toSorted((a, b) => a.id - b.id) ?? null;
    assert.deepEqual(await this.read(collection), wanted, `what ${collection} holds`);
  }

  /** Nothing unfinished lies about, where the harness can tell. */
  async isTidy(): Promise<void> {
    const left = await this.harness.leftovers?.();
    if (left !== undefined) assert.deepEqual(left, [], "what is left over");
  }

  async clean(): Promise<void> {
    const engine = await this.open();
    const names = [...this.#names];
    if (engine.capabilities.create === "native") {
      const snapshots = await engine.listNative(names, [], contextOf());
      for (const snapshot of snapshots) await engine.deleteNative(snapshot, contextOf());
    }
    for (const name of names) await this.harness.drop(name);
    await engine.sweep(contextOf());
    await Promise.all(this.#engines.map((each) => each.close()));
  }

  #wrap(driver: Parameters<typeof openEngine>[0], isTracked = true): Engine {
    const { cluster, clock } = this.harness;
    const engine = openEngine(driver, { cluster, clock });
    if (isTracked) this.#engines.push(engine);
    return engine;
  }
}

export function contextOf(
  signal: AbortSignal = new AbortController().signal,
  progress: EngineContext["progress"] = () => undefined,
): EngineContext {
  return { signal, progress };
}

/** The SnapformError with which `work` fails; its code must be one of `codes`. */
export async function failsWith(
  codes: readonly ErrorCode[],
  work: Promise<unknown>,
): Promise<SnapformError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  const wanted = codes.join(" or ");
  assert.ok(error !== null, `expected an error ${wanted}, but it succeeded`);
  assert.ok(isSnapformError(error), `expected an error ${wanted}, got ${inspect(error)}`);
  assert.ok(codes.includes(error.code), `expected ${wanted}, got ${error.code}: ${error.message}`);
  return error;
}

/** A case on a bench of its own, which is cleared afterwards. */
export function caseOf(
  title: string,
  body: (bench: Bench) => Promise<void>,
  needs?: Need,
): EngineCase {
  const run = async (harness: EngineHarness): Promise<void> => {
    const bench = new Bench(harness);
    try {
      await body(bench);
    } catch (error) {
      // The first failure is the one to be told, whatever the clearing says.
      await bench.clean().catch(() => undefined);
      throw error;
    }
    await bench.clean();
  };
  return Object.freeze({ title, run, ...(needs === undefined ? {} : { needs }) });
}
