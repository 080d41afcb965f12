import type { Clock } from "../clock/clock.ts";
import type { Desired, DesiredCluster, DesiredRepository } from "../desired/desired.ts";
import type { EngineDriver } from "../engine/driver.ts";
import { openEngine } from "../engine/engine.ts";
import { SnapformError } from "../errors/index.ts";
import {
  observeFilesystemRepository,
  openFilesystemRepository,
  type FilesystemObservation,
} from "../repository/filesystem/index.ts";
import type { Repository } from "../repository/repository.ts";
import type { Capabilities } from "../snapshot/capabilities.ts";
import { capabilitiesOf, openDriver } from "./drivers.ts";

/** Engines and repositories of a configuration: each opened once, on first use. */
export interface Resources {
  engine(cluster: string): Promise<EngineDriver>;
  /** What a cluster's engine can do; known before anything of it is opened. */
  capabilities(cluster: DesiredCluster): Capabilities;
  /** Looks at what lies where a repository is expected; writes nothing. */
  observeRepository(name: string, expectedId: string | null): Promise<FilesystemObservation>;
  /** Opens a repository that exists; with `create`, one that was never seen may be made. */
  repository(
    name: string,
    options: { readonly expectedId: string | null; readonly create: boolean },
  ): Promise<Repository>;
  close(): Promise<void>;
}

/** How engines and repositories are opened; tests put their own in place. */
export interface ResourceSources {
  openDriver(cluster: DesiredCluster, clock: Clock): Promise<EngineDriver>;
  capabilitiesOf(cluster: DesiredCluster): Capabilities;
  openRepository: typeof openFilesystemRepository;
  observeRepository: typeof observeFilesystemRepository;
}

const REAL: ResourceSources = Object.freeze({
  openDriver,
  capabilitiesOf,
  openRepository: openFilesystemRepository,
  observeRepository: observeFilesystemRepository,
});

function named<T extends { readonly name: string }>(
  kind: string,
  list: readonly T[],
  name: string,
): T {
  const found = list.find((entry) => entry.name === name);
  if (found) return found;
  const known = list.map((entry) => entry.name).join(", ") || "none";
  throw new SnapformError("not-found", `${kind} ${name} is not declared (declared: ${known})`);
}

export function openResources(
  desired: Desired,
  clock: Clock,
  sources: ResourceSources = REAL,
): Resources {
  const engines = new Map<string, Promise<EngineDriver>>();
  const repositories = new Map<string, Promise<Repository>>();
  const open = async (cluster: DesiredCluster): Promise<EngineDriver> => {
    const driver = await sources.openDriver(cluster, clock);
    const { concurrency } = cluster;
    return openEngine(driver, {
      cluster: cluster.name,
      clock,
      ...(concurrency === null ? {} : { concurrency }),
    });
  };
  const openNamed = async (name: string): Promise<EngineDriver> =>
    open(named("cluster", desired.clusters, name));
  const openRepository = (
    wanted: DesiredRepository,
    options: { readonly expectedId: string | null; readonly create: boolean },
  ): Promise<Repository> => {
    const { name, path, hash, undoMs } = wanted;
    const { project } = desired;
    return sources.openRepository({ name, path, hash, undoMs, clock, project, ...options });
  };
  return {
    engine(name) {
      const opened = engines.get(name);
      if (opened) return opened;
      const opening = openNamed(name);
      engines.set(name, opening);
      opening.catch(() => engines.delete(name));
      return opening;
    },
    capabilities: (cluster) => sources.capabilitiesOf(cluster),
    observeRepository(name, expectedId) {
      const { path } = named("repository", desired.repositories, name);
      return sources.observeRepository({ name, path, expectedId });
    },
    repository(name, options) {
      const opened = repositories.get(name);
      if (opened) return opened;
      const opening = openRepository(named("repository", desired.repositories, name), options);
      repositories.set(name, opening);
      // One that could not be opened now may be there, or may be made, on the next try.
      opening.catch(() => repositories.delete(name));
      return opening;
    },
    async close() {
      const all = [...engines.values(), ...repositories.values()];
      for (const result of await Promise.allSettled(all)) {
        if (result.status === "fulfilled") await result.value.close();
      }
    },
  };
}
