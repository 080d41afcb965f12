import { createHash } from "node:crypto";
import { SnapformError } from "../errors/index.ts";
import { canonicalJson } from "./canonical-json.ts";
import { PLAN_FORMAT_VERSION, type Plan } from "./plan.ts";

/** A saved plan: the plan and a digest over it, so that a changed file is noticed. */
interface PlanFile {
  readonly digest: string;
  readonly plan: Plan;
}

function digestOf(plan: unknown): string {
  return createHash("sha256").update(canonicalJson(plan)).digest("hex");
}

/**
 * The text of a plan file: JSON, readable by a person, with a digest over the plan.
 *
 * @throws SnapformError `failed-precondition` for a plan of another instant: it cannot be applied
 */
export function formatPlanFile(plan: Plan): string {
  if (!plan.applicable) {
    throw new SnapformError("failed-precondition", "a plan of another instant cannot be saved", {
      hint: "Leave `--at` out to make one that can be applied.",
    });
  }
  const file: PlanFile = { digest: digestOf(plan), plan };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Reads a plan file.
 *
 * @param name the file's name, for messages
 * @throws SnapformError `corrupt` when it is damaged, altered or of a newer format; `stale-plan`
 *   when it is of an older format
 */
export function parsePlanFile(text: string, name: string): Plan {
  const file = parseJson(text, name);
  const { plan, digest } = (file ?? {}) as { plan?: unknown; digest?: unknown };
  const { formatVersion: version, kind } = (plan ?? {}) as Record<string, unknown>;
  if (typeof digest !== "string" || kind !== "plan" || typeof version !== "number") {
    throw new SnapformError("corrupt", `${name} is not a saved plan`, {
      hint: "Make one with `snapform plan --out FILE`.",
    });
  }
  if (version > PLAN_FORMAT_VERSION) {
    throw new SnapformError("corrupt", `${name} was written by a newer snapform`, {
      hint: "Apply it with the version that made it, or plan again.",
    });
  }
  if (version < PLAN_FORMAT_VERSION) {
    throw new SnapformError("stale-plan", `${name} was written by an older snapform`, {
      hint: "Plan again with this version.",
    });
  }
  if (digestOf(plan) !== digest) {
    throw new SnapformError("corrupt", `${name} has been changed since it was saved`, {
      hint: "A plan is applied exactly as it was reviewed. Plan again.",
    });
  }
  return plan as Plan;
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SnapformError("corrupt", `${name} is not a saved plan`, {
      cause,
      hint: "Make one with `snapform plan --out FILE`.",
    });
  }
}
