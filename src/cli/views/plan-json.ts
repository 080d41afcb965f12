import type { Plan } from "../../plan/plan.ts";

/** The plan for programs: exactly what `schemas/plan.schema.json` describes. */
export function planJson(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}
