import { formatAddress, parseAddress, resourceOf } from "../address/address.ts";
import { formatInZone } from "../clock/zone.ts";
import type { DesiredPolicy } from "../desired/desired.ts";
import { SnapformError } from "../errors/index.ts";
import { describeDst } from "../policy/dst.ts";
import { nextRuns } from "../policy/schedule.ts";
import { listed, look, type Look } from "./listing.ts";
import type { Session } from "./session.ts";
import type { Explanation } from "./workspace.ts";

const RUNS = 5;

/** Why each snapshot of a resource stays or goes, and when its schedule runs next. */
export async function explain(session: Session, address: string): Promise<Explanation> {
  const parsed = parseAddress(address);
  if (!parsed) {
    throw new SnapformError("invalid-argument", `${address} is not an address`, {
      hint: 'Addresses look like policy.nightly, policy.nightly["prod/docs"] or snapshot.before.',
    });
  }
  const resource = formatAddress({ kind: parsed.kind, name: parsed.name });
  const view = await look(session);
  const snapshots = view.inventory.snapshots.filter((snapshot) => {
    if (view.survey.addressOf(snapshot) !== resource) return false;
    return parsed.key === undefined || parsed.key === `${snapshot.cluster}/${snapshot.collection}`;
  });
  const { policies, snapshots: named, restores } = session.desired;
  const policy = policies.find((entry) => `policy.${entry.name}` === resource);
  const isDeclared =
    policy !== undefined ||
    named.some((entry) => `snapshot.${entry.name}` === resource) ||
    restores.some((entry) => `restore.${entry.name}` === resource);
  if (!isDeclared && snapshots.length === 0) {
    throw new SnapformError("not-found", `${address} is not declared and has no snapshots`);
  }
  return {
    address,
    snapshots: listed(view, snapshots),
    ...scheduleOf(policy, view),
    notes: [...(isDeclared ? [] : [`${resource} is not declared`]), ...notesOf(view, resource)],
  };
}

function scheduleOf(
  policy: DesiredPolicy | undefined,
  view: Look,
): Pick<Explanation, "nextRuns" | "dst"> {
  if (!policy) return { nextRuns: [], dst: null };
  const { schedule } = policy;
  const show = (instant: Date): string => formatInZone(instant, schedule.timezone);
  const from = view.survey.now;
  const change = describeDst(schedule, { from, count: 2 });
  return {
    nextRuns: nextRuns(schedule, { from, count: RUNS }).map(show),
    dst: change && {
      changeAt: show(change.changeAt),
      runs: [...change.runsBefore, ...change.runsAfter].map(show),
    },
  };
}

function notesOf(view: Look, resource: string): string[] {
  const problems = view.plan.problems.filter((entry) => resourceOf(entry.address) === resource);
  const details = view.plan.diagnostics.filter((entry) => entry.address === resource);
  const actions = view.plan.actions.filter((entry) => resourceOf(entry.address) === resource);
  return [
    ...problems.map((problem) => problem.message),
    ...details.map((diagnostic) => diagnostic.detail),
    ...actions
      .filter((action) => action.kind !== "expire")
      .map((action) => `${action.kind} of ${action.snapshotId} is due: ${action.reason}`),
  ];
}
