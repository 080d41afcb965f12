import type { Action } from "../plan/action.ts";

/** What an action waits for. */
export interface Needs {
  /** Ids that the plan names. */
  readonly own: readonly string[];
  /** Ids that the order of things adds, whatever the plan names. */
  readonly implied: readonly string[];
  /** An id that the plan names and does not have: then nobody can tell whether it was done. */
  readonly missing?: string;
}

function add(map: Map<string, string[]>, key: string, id: string): void {
  const list = map.get(key);
  if (list) list.push(id);
  else map.set(key, [id]);
}

/**
 * What each action waits for. An expire also waits for everything that makes or copies a snapshot
 * of its collection, and for every restore that reads the snapshot that it would remove.
 */
export function needsOf(actions: readonly Action[]): ReadonlyMap<string, Needs> {
  const makers = new Map<string, string[]>();
  const readers = new Map<string, string[]>();
  const keyOf = (action: Action): string => JSON.stringify([action.cluster, action.collection]);
  for (const action of actions) {
    if (action.kind === "create" || action.kind === "copy") add(makers, keyOf(action), action.id);
    // Named and not implied: a restore that is held back still wants to read what it names.
    if (action.kind === "restore") add(readers, action.snapshotId, action.id);
  }
  const known = new Set(actions.map((action) => action.id));
  const needs = new Map<string, Needs>();
  for (const action of actions) {
    const missing = action.dependsOn.find((id) => !known.has(id));
    const isExpire = action.kind === "expire";
    const read = isExpire ? (readers.get(action.snapshotId) ?? []) : [];
    needs.set(action.id, {
      own: [...new Set([...action.dependsOn, ...read])],
      implied: isExpire ? (makers.get(keyOf(action)) ?? []) : [],
      ...(missing === undefined ? {} : { missing }),
    });
  }
  return needs;
}
