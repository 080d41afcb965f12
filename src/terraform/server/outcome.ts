import type { Message } from "../wire/messages.ts";
import { formatPath, type Path } from "../wire/path.ts";
import { hasUnknown, treeOf, type Tree } from "../wire/value.ts";
import { conform, type Fault, type UnknownRule } from "./conform.ts";
import { bugDiagnostic, type Diagnostic } from "./diagnostic.ts";
import { encodeTree, isAsItCame, type Kind } from "./kinds.ts";
import type { Redactor } from "./redactor.ts";
import { mayHoldSecrets } from "./secrets.ts";

/** A state as it leaves: of exactly the schema's shape, whatever a resource gave. */
export interface Finished {
  readonly tree: Tree | null;
  readonly message: Message<"DynamicValue">;
  /** What was wrong with it: bugs of the resource. */
  readonly faults: readonly Diagnostic[];
}

/** Completes what a resource gave, and says what it got wrong. `what`: "the created object". */
export function finishState(
  kind: Kind,
  state: Tree | null,
  { what, unknown, redactor }: { what: string; unknown: UnknownRule; redactor: Redactor },
): Finished {
  if (state === null) return { tree: null, message: encodeTree(kind, null), faults: [] };
  if (isSoundAsItCame(kind, state, unknown)) {
    return { tree: state, message: encodeTree(kind, state), faults: [] };
  }
  const { tree, faults } = conform(kind.schema, state, unknown);
  redactor.learn(kind.schema, tree);
  return { tree, message: encodeTree(kind, tree), faults: faultDiagnostics(faults, what) };
}

/** A write-only value comes and must not leave; nor may an unknown one everywhere. */
function isSoundAsItCame(kind: Kind, state: Tree, unknown: UnknownRule): boolean {
  if (!isAsItCame(kind, state) || mayHoldSecrets(kind.schema)) return false;
  return unknown === "keep" || !hasUnknown(state);
}

/** All faults as one diagnostic, which names attributes and no values. */
export function faultDiagnostics(faults: readonly Fault[], what: string): Diagnostic[] {
  if (faults.length === 0) return [];
  const lines = faults.map(({ path, text }) => `- ${formatPath(path) || "the whole"}: ${text}`);
  const text = `These parts of ${what} do not fit the schema:\n${lines.join("\n")}\n\n`;
  return [bugDiagnostic(text, faults[0]?.path)];
}

/** Attributes that came out otherwise than they had to, as one diagnostic without values. */
export function mismatchDiagnostics(paths: readonly Path[], text: string): Diagnostic[] {
  if (paths.length === 0) return [];
  const lines = paths.map((path) => `- ${formatPath(path) || "the whole"}`);
  return [bugDiagnostic(`${text}\n${lines.join("\n")}\n\n`, paths[0])];
}

/** An object with all members null. */
export function emptyTree(kind: Kind): Tree {
  return conform(kind.schema, treeOf([]), "keep").tree;
}
