import { doneAlias, isMark, markerAlias, targetAlias } from "./marks.ts";
import { lookAtNames, repeatAliases, type Names } from "./run-marks.ts";
import type { QdrantSetting } from "./setting.ts";

/** A collection that a run has put in place and checked. */
export interface DoneTarget {
  readonly runId: string;
  readonly target: string;
  /** The aliases that it shall have again; null where nobody asked for them. */
  readonly aliases: readonly string[] | null;
}

/**
 * Makes a checked target the users' own: the marks by which a recovery would take it back, or
 * overwrite it anew, go in the same step in which it gets its aliases, so that nothing that is
 * written to it from then on can be lost by a record that nobody came to write. An alias that a
 * collection has now, or that is a collection's name, is left alone. Gives what was done in full
 * sentences.
 */
export async function takeForGood(
  setting: QdrantSetting,
  { runId, target, aliases }: DoneTarget,
  signal: AbortSignal,
): Promise<string[]> {
  const names = await lookAtNames(setting, signal);
  const ownerOf = new Map(names.aliases.map(({ alias, collection }) => [alias, collection]));
  const isFree = (alias: string): boolean => !ownerOf.has(alias) && !names.collections.has(alias);
  const wanted = (aliases ?? []).filter((alias) => !isMark(alias) && alias !== target);
  const free = wanted.filter(isFree);
  const steps = [
    ...marksOn(names, target, [markerAlias(runId), targetAlias(runId)]).map(
      (alias) => ({ kind: "drop", alias }) as const,
    ),
    ...[doneAlias(runId), ...free].map(
      (alias) => ({ kind: "point", alias, collection: target }) as const,
    ),
  ];
  await repeatAliases(setting, steps, signal);
  if (aliases === null) return [];
  if (wanted.length === 0) return ["The collection had no aliases to be made again."];
  const left = wanted.filter((alias) => !isFree(alias) && ownerOf.get(alias) !== target);
  return [
    ...(free.length > 0 ? [`Aliases that were made again: ${free.join(", ")}.`] : []),
    ...left.map((alias) => {
      const owner = ownerOf.get(alias);
      const why = owner === undefined ? "is a collection's name" : `belongs to ${owner}`;
      return `Alias ${alias} was left alone: it ${why} now.`;
    }),
  ];
}

function marksOn({ aliases }: Names, target: string, marks: readonly string[]): string[] {
  return aliases
    .filter(({ alias, collection }) => collection === target && marks.includes(alias))
    .map(({ alias }) => alias);
}
