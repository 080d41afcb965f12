import { isMark } from "./marks.ts";
import type { RestoreRun } from "./restore-run.ts";
import { lookAtNames, repeatAliases } from "./run-marks.ts";

/**
 * Gives the target the aliases that its collection had when the snapshot was taken, in one call.
 * One that a collection has now, or that is a collection's name, is left alone. Gives what was done
 * in full sentences.
 */
export async function restoreAliases(run: RestoreRun): Promise<string[]> {
  const { setting, request, source, context } = run;
  const { target } = request;
  const wanted = source.aliases.filter((alias) => !isMark(alias) && alias !== target);
  if (wanted.length === 0) return ["The collection had no aliases to be made again."];
  const names = await lookAtNames(setting, context.signal);
  const ownerOf = new Map(names.aliases.map(({ alias, collection }) => [alias, collection]));
  const isFree = (alias: string): boolean => !ownerOf.has(alias) && !names.collections.has(alias);
  const free = wanted.filter(isFree);
  const steps = free.map((alias) => ({ kind: "point", alias, collection: target }) as const);
  if (steps.length > 0) await repeatAliases(setting, steps, context.signal);
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
