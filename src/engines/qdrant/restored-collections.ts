import type { Alias } from "./api/aliases.ts";
import {
  isDoneAlias,
  isMark,
  isOverwritingAlias,
  isTargetAlias,
  targetOfScratch,
} from "./marks.ts";

/** What restores under way have to do with the collections of a cluster, by the marks they set. */
export interface RestoredCollections {
  /** Built aside for a restore, and nobody's but its own. */
  readonly isScratch: (collection: string) => boolean;
  /** Being filled or overwritten: what it holds is no state that it ever had. */
  readonly isUnfinished: (collection: string) => boolean;
}

export function restoredCollections(aliases: readonly Alias[]): RestoredCollections {
  // A target is untouched until what was restored beside it is checked, and whole when it is done.
  const marks = aliases.filter(
    ({ alias }) => isMark(alias) && !isTargetAlias(alias) && !isDoneAlias(alias),
  );
  const marked = new Set(marks.map(({ collection }) => collection));
  const overwritten = marks
    .filter(({ alias }) => isOverwritingAlias(alias))
    .map(({ collection }) => targetOfScratch(collection));
  const isScratch = (collection: string): boolean =>
    marked.has(collection) && targetOfScratch(collection) !== null;
  return {
    isScratch,
    isUnfinished: (collection) => marked.has(collection) || overwritten.includes(collection),
  };
}

/** The names by which users call a collection. */
export function usersAliases(aliases: readonly Alias[], collection: string): readonly string[] {
  return aliases
    .filter((each) => each.collection === collection && !isMark(each.alias))
    .map(({ alias }) => alias);
}
