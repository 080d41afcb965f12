import { lockFlags, someText, switchFlag, type LockFlags } from "../flags.ts";
import { command, group, type Route } from "./route.ts";

export interface RepositoryCheckFlags {
  readonly readData: boolean;
}

export interface RepositoryPruneFlags extends LockFlags {
  readonly dryRun: boolean;
}

const name = { parse: someText, placeholder: "NAME", brief: "The repository." } as const;

const list: Route = command<object, [name?: string]>({
  docs: {
    brief: "List the repositories, or what one of them holds",
    description: "With a name: its snapshots, what can still be brought back, and damage.",
    examples: [
      { line: "repository list", meaning: "List the repositories." },
      { line: "repository list vault", meaning: "List what is in one." },
    ],
  },
  parameters: { positional: { kind: "tuple", parameters: [{ ...name, optional: true }] } },
  load: async () => (await import("../commands/repository.ts")).listRepository,
});

const check: Route = command<RepositoryCheckFlags, [name: string]>({
  docs: {
    brief: "Look for damage",
    description:
      "Looks at every manifest and every file of a repository, and marks the snapshots that are " +
      "damaged, so that nothing is restored from them by mistake. With --read-data every byte is " +
      "read and hashed. Exits with 13 when it finds damage.",
    examples: [
      { line: "repository check vault", meaning: "Compare names and sizes." },
      { line: "repository check vault --read-data", meaning: "Read and hash everything." },
    ],
  },
  parameters: {
    flags: { readData: switchFlag("Read and hash every byte.") },
    positional: { kind: "tuple", parameters: [name] },
  },
  load: async () => (await import("../commands/repository.ts")).checkRepository,
});

const prune: Route = command<RepositoryPruneFlags, [name: string]>({
  docs: {
    brief: "Remove what nothing needs any more",
    description:
      "Empties the trash of what can no longer be brought back, and removes data that no " +
      "snapshot names and nobody has touched for a day. Every apply does that at its end.",
    examples: [{ line: "repository prune vault --dry-run", meaning: "Show what would go." }],
  },
  parameters: {
    flags: { dryRun: switchFlag("Only count."), ...lockFlags },
    positional: { kind: "tuple", parameters: [name] },
  },
  load: async () => (await import("../commands/repository.ts")).pruneRepository,
});

export const repository: Route = group(
  { brief: "List, check and prune repositories", description: "", examples: [] },
  { list, check, prune },
);
