import { applyPlan, resultOf, type PlanToApply } from "../apply/apply.ts";
import type { ApplyEvent, ApplyResult } from "../apply/events.ts";
import { recover } from "../apply/recover.ts";
import type { Desired } from "../desired/desired.ts";
import { SnapformError } from "../errors/index.ts";
import type { Action } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import type { Verdict } from "../plan/review.ts";
import { lockToApply } from "./applying.ts";
import { prepare, refuseBeforeLock, type PlanWanted, type Prepared } from "./prepare.ts";
import { observeSession, withLedger, worldOf, type Session } from "./session.ts";
import type { Applied } from "./workspace.ts";

/** One policy of several that are applied in one go. */
export interface BatchMember {
  /** Of that one policy; clusters and repositories are the same for all. */
  readonly desired: Desired;
  readonly wanted: PlanWanted;
  readonly onEvent: (event: ApplyEvent) => void;
}

/** Those that are to be applied in one go; more may come until it is closed. */
export interface Batch {
  /** The first one is there from the beginning. */
  readonly members: readonly BatchMember[];
  /** Nobody comes any more. */
  close(): void;
}

/** What becomes of a member. `later`: it has to wait for what another one does. */
export type BatchOutcome =
  | { readonly is: "applied"; readonly applied: Applied }
  | { readonly is: "refused"; readonly error: unknown }
  | { readonly is: "later" };

export type BatchOutcomes = ReadonlyMap<BatchMember, BatchOutcome>;

/**
 * Applies policies in one go: one lock, one look, one list of actions that run side by side as the
 * clusters allow. Each is planned, or its plan reviewed, as if it were alone, which is only true
 * while no two touch the same collection: the later one of such a pair does not take part.
 *
 * @throws what concerns all of them: then nobody knows what was done for whom
 */
export async function applyTogether(
  session: Session,
  batch: Batch,
  lockTimeoutMs: number,
): Promise<BatchOutcomes> {
  const outcomes = new Map<BatchMember, BatchOutcome>();
  const state = await session.store.read();
  for (const member of batch.members) {
    const { saved } = member.wanted;
    const refuse = (plan: Plan): void => refuseBeforeLock(as(session, member), plan, state);
    if (saved) refusing(outcomes, member, () => refuse(saved));
  }
  const [first] = batch.members.filter((member) => !outcomes.has(member));
  if (first === undefined) {
    batch.close();
    return outcomes;
  }
  const lock = lockToApply(lockTimeoutMs, first.onEvent, first.wanted.saved);
  await withLedger(session, lock, async (ledger) => {
    const recovery: ApplyEvent[] = [];
    await recover(
      worldOf(session, ledger, (event) => recovery.push(event)),
      ledger,
    );
    const inventory = await observeSession(session, ledger.state);
    batch.close();
    const parts: Part[] = [];
    for (const member of batch.members.filter((each) => !outcomes.has(each))) {
      // The state would begin with the lineage of a plan that was refused.
      if (ledger.isUnborn && outcomes.get(first)?.is === "refused") {
        outcomes.set(member, { is: "later" });
        continue;
      }
      const prepared = refusing(outcomes, member, () =>
        prepare(as(session, member), member.wanted, inventory, ledger),
      );
      if (prepared === null) continue;
      if (parts.some((part) => meets(part, prepared))) {
        outcomes.set(member, { is: "later" });
      } else {
        parts.push({ ...prepared, member });
      }
    }
    // One that is refused says why, and nothing else.
    const [{ member: speaker }] = [...parts, { member: first }];
    for (const event of recovery) speaker.onEvent(event);
    if (parts.length === 0) return;
    if (session.signal.aborted) throw new SnapformError("cancelled", "cancelled before the apply");
    const whole = { ...session, desired: desiredOf(session.desired, parts) };
    const world = worldOf(whole, ledger, (event) => listenerOf(parts, speaker, event)(event));
    const plan = planOf(parts);
    const verdicts = verdictsOf(parts);
    const isAcknowledged = false;
    const result = await applyPlan({ plan, verdicts, inventory, isAcknowledged, world, ledger });
    for (const part of parts) {
      const applied = { plan: part.plan, result: resultFor(part, result, session.signal) };
      outcomes.set(part.member, { is: "applied", applied });
    }
  });
  return outcomes;
}

interface Part extends Prepared {
  readonly member: BatchMember;
}

function as(session: Session, { desired }: BatchMember): Session {
  return { ...session, desired };
}

/** What is refused to one is not refused to the others. */
function refusing<T>(
  outcomes: Map<BatchMember, BatchOutcome>,
  member: BatchMember,
  work: () => T,
): T | null {
  try {
    return work();
  } catch (error) {
    outcomes.set(member, { is: "refused", error });
    return null;
  }
}

/** Whether both are one policy, or something is to be done for both in the same collection. */
function meets({ plan: one }: Prepared, { plan: other }: Prepared): boolean {
  if (one.scope.only.some((address) => other.scope.only.includes(address))) return true;
  const keyOf = ({ cluster, collection }: Action): string => JSON.stringify([cluster, collection]);
  const keys = new Set(one.actions.map(keyOf));
  return other.actions.some((action) => keys.has(keyOf(action)));
}

function desiredOf(desired: Desired, parts: readonly Part[]): Desired {
  return { ...desired, policies: parts.flatMap(({ member }) => member.desired.policies) };
}

function planOf(parts: readonly Part[]): PlanToApply {
  return {
    acknowledge: null,
    actions: parts.flatMap(({ plan }) => plan.actions),
    problems: parts.flatMap(({ plan }) => plan.problems),
    scope: { only: parts.flatMap(({ plan }) => plan.scope.only), force: [], noExpire: false },
  };
}

/** Only actions of saved plans have any. */
function verdictsOf(parts: readonly Part[]): ReadonlyMap<string, Verdict> {
  return new Map(parts.flatMap(({ verdicts }) => [...(verdicts ?? [])]));
}

/** Who hears of an event: the one whose action it is, or one for all. */
function listenerOf(
  parts: readonly Part[],
  speaker: BatchMember,
  event: ApplyEvent,
): (event: ApplyEvent) => void {
  const id = "action" in event ? event.action.id : null;
  const part = parts.find(({ plan }) => plan.actions.some((action) => action.id === id));
  return (part?.member ?? speaker).onEvent;
}

function resultFor({ plan }: Part, whole: ApplyResult, signal: AbortSignal): ApplyResult {
  const ids = new Set(plan.actions.map(({ id }) => id));
  const own = whole.outcomes.filter(({ action }) => ids.has(action.id));
  return resultOf({ plan, isAcknowledged: false }, own, signal);
}
