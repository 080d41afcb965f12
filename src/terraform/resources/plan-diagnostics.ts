import { withheldBecause } from "../../plan/acknowledge.ts";
import { HAZARDS, type Hazard } from "../../plan/hazard.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Diagnostic } from "../server/diagnostic.ts";
import { deletionsFirst, holdsOf, lineOf } from "./change-lines.ts";
import type { Kind } from "./kind.ts";

/** The summary of every problem of a plan. */
export const NOT_NOW = "Not everything can be done now";

/** So many lines a warning shows; the rest it counts. */
const SHOWN = 10;

/** What a plan says beside its actions, in the places and words of Terraform. */
export function planDiagnostics(kind: Kind, plan: Plan, isAcknowledged: boolean): Diagnostic[] {
  return [
    ...plan.diagnostics.map(({ severity, summary, detail }): Diagnostic => {
      return { severity, summary, detail: inTerraformWords(detail) };
    }),
    ...plan.problems.map((problem): Diagnostic => {
      const { address, message, code } = problem;
      const detail = `${address}: ${inTerraformWords(message)} (${code})`;
      const path = kind.pathOf(problem);
      return { severity: "warning", summary: NOT_NOW, detail, path };
    }),
    ...heldDiagnostics(plan, isAcknowledged),
  ];
}

/** Where the command line has a command, Terraform has a way of its own. */
export function inTerraformWords(text: string): string {
  return text
    .replace(/Run `snapform run [^`]+`/g, "Apply with `-replace` of this resource")
    .replaceAll("`ifExists: replace`", '`if_exists = "replace"`')
    .replaceAll("`ifExists: alias`", '`if_exists = "alias"`');
}

function heldDiagnostics(plan: Plan, isAcknowledged: boolean): Diagnostic[] {
  const held = plan.actions.filter((each) => withheldBecause(each, isAcknowledged) !== null);
  if (held.length === 0) return [];
  const hazards = new Set(held.flatMap(holdsOf));
  const waits = [...hazards].filter((hazard) => HAZARDS[hazard].level === "wait");
  const lines = listed(deletionsFirst(held).map(lineOf));
  const { acknowledge } = plan;
  const isToAcknowledge = acknowledge !== null && !isAcknowledged;
  const way = isToAcknowledge
    ? `\n\nTo have it done all the same, name this very set of actions:\n` +
      `  acknowledge = "${acknowledge}"`
    : "";
  return [
    {
      severity: "warning",
      summary: `${counted(held.length, "action")} held back`,
      detail: `${lines}\n\n${meanings(hazards)}${way}`,
      ...(isToAcknowledge && waits.length < hazards.size ? { path: ["acknowledge"] } : {}),
    },
  ];
}

function meanings(hazards: ReadonlySet<Hazard>): string {
  return [...hazards]
    .sort()
    .map((hazard) => `${hazard}: ${HAZARDS[hazard].meaning}`)
    .join("\n");
}

/** The first lines of many. */
export function listed(lines: readonly string[]): string {
  const more = lines.length - SHOWN;
  return [...lines.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

export function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
