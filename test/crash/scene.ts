import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load-config.ts";
import type { Desired, DesiredCluster } from "../../src/desired/desired.ts";
import type { EngineDriver } from "../../src/engine/driver.ts";
import { LANCEDB_CAPABILITIES } from "../../src/engines/lancedb/capabilities.ts";
import { openLancedbDriver } from "../../src/engines/lancedb/driver.ts";
import { memoryCapabilities } from "../../src/engines/memory/capabilities.ts";
import { openMemoryDriver } from "../../src/engines/memory/driver.ts";
import type { MemoryWorld } from "../../src/engines/memory/world.ts";
import { QDRANT_CAPABILITIES } from "../../src/engines/qdrant/capabilities.ts";
import { openQdrantDriver } from "../../src/engines/qdrant/driver.ts";
import {
  observeFilesystemRepository,
  openFilesystemRepository,
} from "../../src/repository/filesystem/index.ts";
import type { Repository } from "../../src/repository/repository.ts";
import { openLocalStateStore } from "../../src/state/local/local-state-store.ts";
import type { StateStore } from "../../src/state/state-store.ts";
import { openResources } from "../../src/workspace/resources.ts";
import { workspaceOf } from "../../src/workspace/workspace-of.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { openSeamedNode } from "./qdrant-node.ts";
import { Seam } from "./seam.ts";
import { TestClock } from "./test-clock.ts";
import { unsyncedLancedb, unsyncedRepository, unsyncedState } from "./unsynced.ts";

export interface OpenOptions {
  readonly seam?: Seam;
  readonly signal?: AbortSignal;
  /** Stands around the driver of every cluster. */
  readonly wrap?: (driver: EngineDriver, cluster: string) => EngineDriver;
  readonly wrapStore?: (store: StateStore) => StateStore;
}

/**
 * A configuration over made-up clusters, a folder with state and repositories, and processes that
 * come and go on them. Clusters of `worlds` are in memory; of the others those with nodes are Qdrant
 * servers, and the rest real LanceDB folders.
 */
export class Scene {
  readonly root: string;
  readonly clock: TestClock;
  readonly worlds: Map<string, MemoryWorld>;
  yaml: string;
  /** Below the root, as the configuration names it. */
  stateFolder = "state";
  readonly #living: Set<number> = new Set();
  readonly #opened: { close(): Promise<void> }[] = [];
  #pid = 0;

  constructor(
    root: string,
    clock: TestClock,
    worlds: ReadonlyMap<string, MemoryWorld>,
    yaml: string,
  ) {
    this.root = root;
    this.clock = clock;
    this.worlds = new Map(worlds);
    this.yaml = yaml;
  }

  static async make(
    yaml: string,
    worlds: Readonly<Record<string, MemoryWorld>>,
    clock: TestClock = new TestClock("2026-03-10T12:00:00Z"),
  ): Promise<Scene> {
    const root = await mkdtemp(join(tmpdir(), "snapform-scene-"));
    return new Scene(root, clock, new Map(Object.entries(worlds)), yaml);
  }

  desired(): Desired {
    const loaded = loadConfig({
      files: [{ path: "snapform.yaml", text: this.yaml }],
      env: {},
      workingDirectory: this.root,
    });
    if (loaded.desired === null) throw new Error(JSON.stringify(loaded.diagnostics, null, 1));
    const clusters = loaded.desired.clusters.map((cluster) =>
      this.worlds.has(cluster.name) ? { ...cluster, engine: "memory" } : cluster,
    );
    return { ...loaded.desired, clusters };
  }

  /** A new process that works on the scene. */
  open(options: OpenOptions = {}): Workspace {
    const seam = options.seam ?? new Seam();
    const pid = (this.#pid += 1);
    this.#living.add(pid);
    const desired = this.desired();
    const { clock } = this;
    const signal = options.signal ?? new AbortController().signal;
    const store = this.store(seam, pid);
    const fs = seam.wrap("repository", unsyncedRepository, {
      reads: ["readFile", "list", "stat"],
      opens: { create: "repository.file", openStream: "repository.stream" },
    });
    const resources = openResources(desired, clock, {
      openDriver: async (cluster) => {
        const driver = await this.driver(cluster.name, seam);
        return options.wrap?.(driver, cluster.name) ?? driver;
      },
      capabilitiesOf: (cluster) => {
        const world = this.worlds.get(cluster.name);
        if (world) return memoryCapabilities(world.flavour);
        return cluster.engine === "qdrant" ? QDRANT_CAPABILITIES : LANCEDB_CAPABILITIES;
      },
      openRepository: async (request): Promise<Repository> => {
        const repository = await openFilesystemRepository({ ...request, fs });
        this.#opened.push(repository);
        return repository;
      },
      observeRepository: (request) => observeFilesystemRepository({ ...request, fs }),
    });
    const wrapped = options.wrapStore?.(store) ?? store;
    const session = { desired, clock, signal, store: wrapped, resources };
    const open = () => Promise.resolve(session);
    return workspaceOf({ desired, stateLocation: wrapped.location, open });
  }

  async driver(cluster: string, seam: Seam = new Seam()): Promise<EngineDriver> {
    const { clock } = this;
    const world = this.worlds.get(cluster);
    if (world) {
      const step = (name: string): Promise<void> =>
        seam.run(`${cluster}.${name}`, false, () => Promise.resolve());
      return openMemoryDriver({ world, clock, step });
    }
    const wanted = this.desired().clusters.find((entry) => entry.name === cluster);
    if (wanted?.engine === "qdrant") return this.#qdrant(wanted, seam);
    const fs = seam.wrap("lancedb", unsyncedLancedb);
    return openLancedbDriver({ cluster, uri: wanted?.uri ?? "", clock, fs });
  }

  #qdrant({ name, nodes }: DesiredCluster, seam: Seam): EngineDriver {
    const driver = openQdrantDriver({
      cluster: name,
      nodes: nodes.map(({ url }) => ({ url, apiKey: null })),
      apiKey: null,
      token: null,
      ca: null,
      timeoutMs: null,
      concurrency: null,
      clock: this.clock,
      openClient: (options) => openSeamedNode(name, options, seam),
    });
    this.#opened.push(driver);
    return driver;
  }

  store(seam: Seam = new Seam(), pid = (this.#pid += 1)): StateStore {
    const files = seam.wrap("state", unsyncedState, {
      reads: ["read", "list", "stamp"],
      opens: { openJournal: "journal" },
    });
    const processes = {
      self: () => Promise.resolve({ host: "h", bootId: "b", pid, processStart: "1" }),
      isDead: (other: { readonly pid: number }) => Promise.resolve(!this.#living.has(other.pid)),
    };
    return openLocalStateStore({
      path: join(this.root, this.stateFolder),
      clock: this.clock,
      files,
      processes,
    });
  }

  /** A repository as somebody else would open it. */
  async repository(name: string): Promise<Repository> {
    const wanted = this.desired().repositories.find((entry) => entry.name === name);
    if (!wanted) throw new Error(`no repository ${name}`);
    const { path, hash, undoMs } = wanted;
    const { clock } = this;
    const options = { name, path, hash, undoMs, clock, expectedId: null, create: false };
    const repository = await openFilesystemRepository(options);
    this.#opened.push(repository);
    return repository;
  }

  /** Every process that was opened so far has ended. */
  endAll(): void {
    this.#living.clear();
  }

  async loseState(): Promise<void> {
    await rm(join(this.root, this.stateFolder), { recursive: true, force: true });
  }

  /** Ends the threads of every process that was ever opened. */
  async release(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((each) => each.close()));
  }

  async close(): Promise<void> {
    await this.release();
    await rm(this.root, { recursive: true, force: true });
  }
}
