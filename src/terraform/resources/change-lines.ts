import type { Action, ActionKind } from "../../plan/action.ts";
import { withheldBecause } from "../../plan/acknowledge.ts";
import { HAZARDS, type Hazard } from "../../plan/hazard.ts";

/** As on the command line. */
const SYMBOLS: Readonly<Record<ActionKind, string>> = Object.freeze({
  create: "+",
  copy: ">",
  restore: "<",
  expire: "-",
});

/** The hazards that hold an action back. */
export function holdsOf({ hazards }: Pick<Action, "hazards">): readonly Hazard[] {
  return [...new Set(hazards)].filter((hazard) => {
    const { level } = HAZARDS[hazard];
    return level === "acknowledge" || level === "wait";
  });
}

/** Deletions first, then the rest in the order of the plan. */
export function deletionsFirst<T extends { readonly kind: ActionKind }>(
  actions: readonly T[],
): readonly T[] {
  const isExpire = ({ kind }: T): boolean => kind === "expire";
  return [...actions.filter(isExpire), ...actions.filter((each) => !isExpire(each))];
}

/** One line per action, deletions first: what is done to which snapshot of what, and why. */
export function changeLines(
  actions: readonly Action[],
  isAcknowledged: boolean,
): readonly string[] {
  return deletionsFirst(actions).map((action) => {
    const isHeld = withheldBecause(action, isAcknowledged) !== null;
    const held = isHeld ? ` [held back: ${holdsOf(action).join(", ")}]` : "";
    return `${lineOf(action)}${held}`;
  });
}

/** `- prod/docs 20261120T020000Z-3f9c1a2b: beyond retention; can be undone until ...`. */
export function lineOf(action: Action): string {
  const { kind, cluster, collection, snapshotId } = action;
  const subject = `${SYMBOLS[kind]} ${cluster}/${collection} ${snapshotId}`;
  return `${subject}: ${[action.reason, ...clauses(action)].join("; ")}`;
}

function clauses(action: Action): readonly string[] {
  switch (action.kind) {
    case "create":
      return [`to ${action.place}`];
    case "copy":
      return [`to ${action.to}`];
    case "restore": {
      const { place, cluster, collection } = action.from;
      return [
        `from ${cluster}/${collection} in ${place}`,
        ...(action.procedure === "new" ? [] : ["replaces what the collection holds"]),
        ...(action.alias === null ? [] : [`then moves alias ${action.alias}`]),
        ...(action.aliases ? ["with the aliases that it had"] : []),
      ];
    }
    case "expire": {
      const { undoUntil, isWhole, places } = action;
      const undo = undoUntil === null ? "cannot be undone" : `can be undone until ${undoUntil}`;
      return [...(isWhole ? [] : [`only from ${places.join(", ")}`]), undo];
    }
  }
}
