import type { Clock } from "../clock/clock.ts";
import type { Desired, DesiredCluster, DesiredRepository } from "../desired/desired.ts";
import type { EngineDriver } from "../engine/driver.ts";
import { openEngine } from "../engine/engine.ts";
import { SnapformError } from "../errors/index.ts";
import { openFilesystemRepository } from "../repository/filesystem/index.ts";
import type { Repository } from "../repository/repository.ts";
import { openDriver } from "./drivers.ts";

/** Engines and repositories of a configuration: each opened once, on first use. */
export interface Resources {
  engine(cluster: string): Promise<EngineDriver>;
  /** Opens a repository that exists; with `create`, one that was never seen may be made. */
  repository(
    name: string,
    options: { readonly expectedId: string | null; readonly create: boolean },
  ): Promise<Repository>;
  close(): Promise<void>;
}

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

export function openResources(desired: Desired, clock: Clock): Resources {
  const engines = new Map<string, Promise<EngineDriver>>();
  const repositories = new Map<string, Promise<Repository>>();
  const open = async (cluster: DesiredCluster): Promise<EngineDriver> => {
    const driver = await openDriver(cluster, clock);
    const { concurrency } = cluster;
    return openEngine(driver, {
      cluster: cluster.name,
      clock,
      ...(concurrency === null ? {} : { concurrency }),
    });
  };
  const openRepository = (
    wanted: DesiredRepository,
    options: { readonly expectedId: string | null; readonly create: boolean },
  ): Promise<Repository> => {
    const { name, path, hash, undoMs } = wanted;
    const { project } = desired;
    return openFilesystemRepository({ name, path, hash, undoMs, clock, project, ...options });
  };
  return {
    engine(name) {
      let engine = engines.get(name);
      if (!engine) engines.set(name, (engine = open(named("cluster", desired.clusters, name))));
      return engine;
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
