// The contract of a repository as cases without a test runner: run each against your own storage.
// May know the words, the contract and the clock. Invariant: a case passes on every storage that
// keeps the promises of `Repository`, and each case needs a harness of its own.
import { changing } from "./repository/changing.ts";
import { checking } from "./repository/checking.ts";
import { concurrent } from "./repository/concurrent.ts";
import { failing } from "./repository/failing.ts";
import type { RepositoryCase } from "./repository/harness.ts";
import { reading } from "./repository/reading.ts";
import { streaming } from "./repository/streaming.ts";
import { sweeping } from "./repository/sweeping.ts";
import { writing } from "./repository/writing.ts";

export type { RepositoryCase, RepositoryHarness } from "./repository/harness.ts";

/** All cases. Each needs a harness of its own. */
export const repositoryContract: readonly RepositoryCase[] = Object.freeze([
  ...writing,
  ...failing,
  ...streaming,
  ...reading,
  ...changing,
  ...sweeping,
  ...checking,
  ...concurrent,
]);
