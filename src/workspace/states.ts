import { SnapformError } from "../errors/index.ts";
import type { Change, ForgettableTable } from "../ledger/change.ts";
import type { State } from "../ledger/state.ts";
import { formatState, parseState } from "../state/parse.ts";
import { withLedger, withLock, type Session } from "./session.ts";

/** The state with its journal replayed, as text; null when there is none. */
export async function pullState(session: Session): Promise<string | null> {
  const state = await session.store.read();
  return state && formatState(state);
}

/** Replaces the state, which must be of the same lineage and not older, unless forced. */
export async function pushState(
  session: Session,
  text: string,
  options: { readonly force: boolean; readonly lockTimeoutMs: number },
): Promise<State> {
  const state = parseState(text, "the pushed state");
  const { project } = session.desired;
  const refuse = (message: string): never => {
    throw new SnapformError("failed-precondition", message, {
      hint: "Pull the present state and look at both; --force replaces it all the same.",
    });
  };
  const lock = { operation: "state push", timeoutMs: options.lockTimeoutMs };
  return withLock(session, lock, async (held) => {
    const present = held.state;
    if (!options.force) {
      if (state.project !== project) refuse(`it is a state of project ${state.project}`);
      if (present && present.lineage !== state.lineage) refuse("it is a state of another lineage");
      if (present && present.serial > state.serial) {
        refuse(`the present state is newer: serial ${present.serial}, pushed ${state.serial}`);
      }
    }
    if (present === null) {
      await held.initialize(state);
      return state;
    }
    if (present.lineage !== state.lineage) {
      // What the present state's snapshots are known by would be gone without a trace.
      throw new SnapformError("failed-precondition", "it is a state of another lineage", {
        hint: `Move ${session.store.location} away first; then push into the empty place.`,
      });
    }
    // It takes the present one's place: nothing of the present journal is replayed over it.
    return held.write({ ...state, serial: present.serial, journalSeq: present.journalSeq });
  });
}

const TABLES: readonly ForgettableTable[] = ["policies", "runs", "shrinks", "taken", "restores"];

/** Takes records out of the state by snapshot id or address. Nothing else is deleted. */
export async function removeFromState(
  session: Session,
  key: string,
  lockTimeoutMs: number,
): Promise<readonly string[]> {
  const lock = { operation: "state rm", timeoutMs: lockTimeoutMs };
  return withLedger(session, lock, async (ledger) => {
    const { state } = ledger;
    const changes: Change[] = [];
    const removed: string[] = [];
    if (state.snapshots[key]) {
      changes.push({ type: "snapshot-removed", id: key });
      removed.push(`snapshots.${key}`);
    }
    if (state.intents[key]) {
      changes.push({ type: "settled", actionId: key });
      removed.push(`intents.${key}`);
    }
    for (const table of TABLES) {
      if (!state[table][key]) continue;
      changes.push({ type: "entry-forgotten", table, key });
      removed.push(`${table}.${key}`);
    }
    if (changes.length === 0) {
      throw new SnapformError("not-found", `the state has no record ${key}`, {
        hint: "List the records with `snapform state list`.",
      });
    }
    await ledger.record(...changes);
    return removed;
  });
}
