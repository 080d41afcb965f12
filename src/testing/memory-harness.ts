import type { Clock } from "../clock/clock.ts";
import type { EngineDriver } from "../engine/driver.ts";
import type { MemoryPoint } from "../engines/memory/content.ts";
import { openMemoryDriver } from "../engines/memory/driver.ts";
import type { MemoryWorld } from "../engines/memory/world.ts";
import type { ContractPoint, EngineHarness } from "./engine/case.ts";

/** The made-up database for the contract. `wrap` may break it, to see that it is noticed. */
export function memoryHarness(
  world: MemoryWorld,
  clock: Clock,
  wrap: (driver: EngineDriver) => EngineDriver = (driver) => driver,
): EngineHarness {
  // Every step is a moment in which somebody else may write.
  const step = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const attempt = async <T>(work: () => T): Promise<T> => work();
  return {
    cluster: "memory",
    clock,
    open: () => attempt(() => wrap(openMemoryDriver({ world, clock, step }))),
    create: (name, points) => attempt(() => void world.createCollection(name, points.map(inWorld))),
    write: (name, points) => attempt(() => world.write(name, points.map(inWorld))),
    remove: (name, ids) => attempt(() => world.remove(name, ids.map(String))),
    drop: (name) => attempt(() => world.drop(name)),
    read: (name) => attempt(() => world.read(name)?.map(outOfWorld) ?? null),
    leftovers: () => attempt(() => world.leftovers()),
    openMortal: (count) =>
      attempt(() => {
        const { driver, died } = openMortal(world, clock, count);
        return { driver: wrap(driver), died };
      }),
  };
}

function openMortal(
  world: MemoryWorld,
  clock: Clock,
  count: number,
): { driver: EngineDriver; died: Promise<void> } {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  let stepCount = 0;
  const step = (_name: string, process: number): Promise<void> => {
    stepCount += 1;
    if (stepCount >= count) {
      world.kill(process);
      resolve();
    }
    return Promise.resolve();
  };
  return { driver: openMemoryDriver({ world, clock, step }), died };
}

function inWorld({ id, text, vector }: ContractPoint): MemoryPoint {
  return { id: String(id), text, vector };
}

function outOfWorld({ id, text, vector }: MemoryPoint): ContractPoint {
  return { id: Number(id), text, vector: [...vector] };
}
