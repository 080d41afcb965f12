// What is published for tests: the contracts as cases without a test runner, the fakes, and an
// engine in memory. May know everything but the surfaces. Invariant: nothing here imports a test
// runner, and the contracts are the very ones that the engines and stores of snapform pass.
export { engineContract, runEngineContract, type EngineCaseResult } from "./engine-contract.ts";
export type {
  ContractPoint,
  EngineCase,
  EngineHarness,
  MortalDriver,
  Need,
} from "./engine/case.ts";
export {
  repositoryContract,
  type RepositoryCase,
  type RepositoryHarness,
} from "./repository-contract.ts";
export { stateContract, type StateCase, type StateHarness } from "./state-contract.ts";
export {
  openFaultyDriver,
  type FaultScript,
  type FaultTimes,
  type FaultyDriver,
} from "./faulty-driver.ts";
export { FakeClock, type FakeClockOptions } from "./fake-clock.ts";
export { SnapshotShelf, type ShelfReaderOptions, type ShelfRequest } from "./snapshot-shelf.ts";
export { memoryHarness } from "./memory-harness.ts";
export { lancedbHarness } from "./lancedb-harness.ts";
export { qdrantHarness, type QdrantHarnessOptions } from "./qdrant-harness.ts";
export { MEMORY_FLAVOUR, type MemoryFlavour } from "../engines/memory/capabilities.ts";
export type { MemoryPoint, MemoryPoints } from "../engines/memory/content.ts";
export { openMemoryDriver, type MemoryOptions } from "../engines/memory/driver.ts";
export {
  MemoryWorld,
  type MemoryCollection,
  type MemoryJournal,
  type MemorySnapshot,
} from "../engines/memory/world.ts";
export { startFakeQdrant, type FakeQdrant, type FakeQdrantOptions } from "./qdrant/fake-qdrant.ts";
export type { FakeNode } from "./qdrant/fake-node.ts";
export type { FakeQdrantKeys } from "./qdrant/access.ts";
export type { Fault, FaultHandle, FaultRule } from "./qdrant/faults.ts";
export type { RecordedRequest } from "./qdrant/requests.ts";
export type { FakePoint, ReplicaState } from "./qdrant/world.ts";
