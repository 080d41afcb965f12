import type { Batch, BatchMember, BatchOutcomes } from "../workspace/applying-together.ts";
import type { Applied } from "../workspace/workspace.ts";

/** Gathers what waits to be applied. */
export interface Batches {
  /**
   * Applies one with all of the same key that come before `run` closes the batch. Only the first
   * of a batch runs it.
   *
   * @throws what it was refused for, or what ended its batch
   */
  apply(
    key: string,
    member: BatchMember,
    run: (batch: Batch) => Promise<BatchOutcomes>,
  ): Promise<Applied>;
}

interface Gathering {
  readonly members: BatchMember[];
  readonly outcomes: Promise<BatchOutcomes>;
}

export function openBatches(): Batches {
  const gathering = new Map<string, Gathering>();
  const begin = (
    key: string,
    first: BatchMember,
    run: (batch: Batch) => Promise<BatchOutcomes>,
  ): Promise<BatchOutcomes> => {
    const members = [first];
    const close = (): void => {
      if (gathering.get(key)?.members === members) gathering.delete(key);
    };
    // However it ends, nobody joins what is over.
    const outcomes = run({ members, close }).finally(close);
    gathering.set(key, { members, outcomes });
    return outcomes;
  };
  const join = (key: string, member: BatchMember): Promise<BatchOutcomes> | null => {
    const present = gathering.get(key);
    present?.members.push(member);
    return present?.outcomes ?? null;
  };
  return Object.freeze({
    async apply(key, member, run) {
      for (;;) {
        const outcomes = await (join(key, member) ?? begin(key, member, run));
        const outcome = outcomes.get(member);
        if (outcome?.is === "applied") return outcome.applied;
        if (outcome?.is === "refused") throw outcome.error;
      }
    },
  } satisfies Batches);
}
