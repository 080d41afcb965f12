// An engine in memory, for tests: a made-up database whose flavour says which of the real ones it
// is like. May know the engine contract and the words, and nothing outside the process. Invariant:
// all that a real database would keep on its disks lies in the world (world.ts), so that a driver
// can die at any of its steps, and another one, opened over the same world, finds just that.
import type { Capabilities } from "../../snapshot/capabilities.ts";

/** Which database the made-up one is like. */
export interface MemoryFlavour {
  readonly create: Capabilities["create"];
  readonly copyOut: boolean;
  /** The server names snapshots by the second; our id cannot be read back. */
  readonly serverNames: boolean;
  readonly idempotentCreate: boolean;
  /** The number of nodes: a snapshot has one part on each. */
  readonly parts: number;
  readonly alias: boolean;
  readonly inPlace: boolean;
  readonly overwrite: boolean;
  readonly pin: Capabilities["pin"];
}

/** One node that keeps snapshots under our names and can do everything. */
export const MEMORY_FLAVOUR: MemoryFlavour = Object.freeze({
  create: "native",
  copyOut: true,
  serverNames: false,
  idempotentCreate: true,
  parts: 1,
  alias: true,
  inPlace: true,
  overwrite: true,
  pin: "own",
});

/** What an engine of that flavour can do. */
export function memoryCapabilities(flavour: MemoryFlavour): Capabilities {
  const isNative = flavour.create === "native";
  return Object.freeze({
    engine: "memory",
    create: flavour.create,
    scope: "collection",
    copyOut: isNative && flavour.copyOut,
    idempotentCreate: !isNative || (flavour.idempotentCreate && !flavour.serverNames),
    survivesClusterLoss: false,
    tellsCollectionsApart: true,
    restore: Object.freeze({
      newCollection: true,
      isExclusive: true,
      inPlace: flavour.inPlace,
      overwrite: flavour.overwrite,
      alias: flavour.alias,
    }),
    pin: flavour.pin,
    checks: Object.freeze(["hashes", "count", "deep"] as const),
    concurrency: 4,
  });
}
