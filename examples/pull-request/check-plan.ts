// A policy of the team about plans: reads a plan as JSON (of `snapform plan --json`, or a saved
// plan) and denies one that expires more than so many snapshots, or that overwrites live data.
// Exits with 1 and a line per reason when it denies.
import { readFileSync } from "node:fs";

interface PlanAction {
  readonly kind: string;
  readonly address: string;
  readonly hazards: readonly string[];
}

interface PlanDocument {
  readonly formatVersion: number;
  readonly actions: readonly PlanAction[];
}

const [limitText = "0"] = process.argv.slice(2);
const limit = Number(limitText);
const deniedHazards = new Set(["overwrites-data"]);

const document = JSON.parse(readFileSync(0, "utf8")) as
  | PlanDocument
  | { readonly plan: PlanDocument };
const plan = "plan" in document ? document.plan : document;
if (plan.formatVersion !== 1) throw new Error(`unknown format of plans: ${plan.formatVersion}`);

const expires = plan.actions.filter((action) => action.kind === "expire");
const reasons = plan.actions
  .filter((action) => action.hazards.some((hazard) => deniedHazards.has(hazard)))
  .map((action) => `${action.address}: ${action.kind} is a hazard: ${action.hazards.join(", ")}`);
if (expires.length > limit) {
  reasons.push(`${expires.length} snapshots would expire, at most ${limit} are allowed`);
}

for (const reason of reasons) console.log(`denied: ${reason}`);
if (reasons.length === 0) console.log(`allowed: ${expires.length} of at most ${limit} expire`);
process.exitCode = reasons.length > 0 ? 1 : 0;
