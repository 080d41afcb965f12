import { formatInZone } from "../../clock/zone.ts";
import type { Desired, DesiredPolicy } from "../../desired/desired.ts";
import { withheldBecause } from "../../plan/acknowledge.ts";
import type { PlanProblem } from "../../plan/plan.ts";
import { isLiteralPattern, matchCollections } from "../../policy/match.ts";
import { nextRuns } from "../../policy/schedule.ts";
import type { Path } from "../wire/path.ts";
import { importPolicy } from "./import-policy.ts";
import type { Described, Kind, Sight } from "./kind.ts";
import { isAcknowledged } from "./plan-resource.ts";
import { textAt } from "./values.ts";

const OUTCOMES = ["newest_restorable", "oldest_restorable", "next_run", "status"];

/** `snapform_backup_policy`. */
export const backupPolicy: Kind = Object.freeze({
  type: "snapform_backup_policy",
  word: "policy",
  isNamedByAddress: true,
  outcomes: OUTCOMES,
  fleeting: OUTCOMES,
  clustersOf: (desired) => desired.policies.map(({ cluster }) => cluster),
  concernOf(desired) {
    const { cluster, collections } = policyOf(desired);
    return {
      protectedOf: (on, names) => (on === cluster ? matched(collections, names) : []),
      needsOthers: false,
      targetsOf: () => [],
      needsLayout: false,
      wanted: JSON.stringify([cluster, collections]),
      isEnoughWhole: true,
    };
  },
  planOptions: (value) => ({ firstOnly: textAt(value, "runs") === "external" }),
  describe,
  pathOf: ({ collection, code }: PlanProblem): Path =>
    collection !== null && code === "not-found" ? ["collections"] : ["cluster"],
  isOver: false,
  import: importPolicy,
} satisfies Kind);

/** Names without a wildcard are looked up: most policies have no others. */
function matched(patterns: readonly string[], names: ReadonlySet<string>): readonly string[] {
  const isLiteral = patterns.every(isLiteralPattern);
  const eligible = isLiteral ? patterns.filter((each) => names.has(each)) : [...names];
  return matchCollections(patterns, eligible);
}

function policyOf(desired: Desired): DesiredPolicy {
  const [policy] = desired.policies;
  // A configuration of one resource has that one.
  return policy as DesiredPolicy;
}

function describe(sight: Sight): Described {
  const { desired, view, plan, before } = sight;
  const policy = policyOf(desired);
  const seen = view.inventory.clusters.find(({ name }) => name === policy.cluster);
  const names = matchCollections(
    policy.collections,
    seen?.collections.map(({ name }) => name) ?? [],
  );
  const points = names.map((name) => {
    const found = plan.recovery.find(
      ({ cluster, collection }) => cluster === policy.cluster && collection === name,
    );
    return found?.before ?? { newest: null, oldest: null };
  });
  return {
    id: `policy.${policy.name}`,
    newest_restorable: earliest(points.map(({ newest }) => newest)),
    oldest_restorable: latest(points.map(({ oldest }) => oldest)),
    next_run: nextRunOf(policy, view.at, textAt(before, "next_run")),
    status: statusOf(sight, policy),
  };
}

function sorted(instants: readonly (string | null)[]): readonly string[] | null {
  const known = instants.filter((each) => each !== null);
  return known.length < instants.length ? null : known.sort();
}

/** Null where one has none. */
function earliest(instants: readonly (string | null)[]): string | null {
  return sorted(instants)?.[0] ?? null;
}

function latest(instants: readonly (string | null)[]): string | null {
  return sorted(instants)?.at(-1) ?? null;
}

/** What was said stays said until it has come: time alone changes nothing. */
function nextRunOf(policy: DesiredPolicy, at: string, said: string | null): string | null {
  const { schedule } = policy;
  const from = new Date(at);
  const [next] = nextRuns(schedule, { from, count: 1 });
  if (next === undefined) return null;
  const text = formatInZone(next, schedule.timezone);
  return said !== null && Date.parse(said) === next.getTime() ? said : text;
}

function statusOf({ view, plan, before }: Sight, policy: DesiredPolicy): string {
  const { inventory, state } = view;
  const cluster = inventory.clusters.find(({ name }) => name === policy.cluster);
  const unseen = inventory.repositories.some(
    ({ name, status }) => name === policy.repository && status !== "ok" && status !== "new",
  );
  if (cluster?.reachable !== true || unseen) return "unknown";
  const isAllowed = isAcknowledged(plan, before);
  const held = plan.actions.filter((each) => withheldBecause(each, isAllowed) !== null);
  const coming = plan.actions.filter((each) => !held.includes(each));
  const hasFailed = coming.some(({ address }) => state.runs[address]?.status === "failed");
  if (hasFailed || plan.problems.length > 0) return "incomplete";
  if (coming.some(({ kind }) => kind === "copy")) return "incomplete";
  if (coming.length > 0) return "due";
  return held.length > 0 ? "withheld" : "ok";
}
