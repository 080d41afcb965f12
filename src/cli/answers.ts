import type { Workspace } from "../workspace/workspace.ts";

// What the workspace answers with, where the words for it belong to rooms that the command line
// has no business in.
type Answer<NAME extends keyof Workspace> = Workspace[NAME] extends (...args: never) => infer RESULT
  ? Awaited<RESULT>
  : never;

/** What a repository holds. */
export type Listing = Answer<"repositoryList">;
/** What a check of a repository found. */
export type Check = Answer<"repositoryCheck">;
/** What a sweep removed. */
export type Swept = Answer<"repositoryPrune">;
/** Names one snapshot. */
export type Key = Answer<"undelete">;
/** Who holds the lock of a state. */
export type Holder = NonNullable<Answer<"lockHolder">>;
