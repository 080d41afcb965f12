import { formatInZone } from "../clock/zone.ts";
import type { DesiredPolicy } from "../desired/desired.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { nextRuns } from "../policy/schedule.ts";
import { isComplete } from "../snapshot/snapshot.ts";
import { look, type Look } from "./listing.ts";
import type { Session } from "./session.ts";
import type { CollectionStatus, Status } from "./workspace.ts";

/** How well everything is protected now. */
export async function statusOf(session: Session): Promise<Status> {
  const view = await look(session);
  const { desired } = session;
  const collections = desired.policies.flatMap((policy) => policyStatus(view, policy));
  const protectedNames = new Set(
    collections.map((entry) => `${entry.cluster}/${entry.collection}`),
  );
  const declared = new Set([
    ...desired.policies.map(({ name }) => `policy.${name}`),
    ...desired.snapshots.map(({ name }) => `snapshot.${name}`),
    ...desired.restores.map(({ name }) => `restore.${name}`),
    "manual",
  ]);
  const names = new Set(desired.clusters.map((cluster) => cluster.name));
  const here = view.inventory.snapshots.filter((snapshot) => names.has(snapshot.cluster));
  const addressed = here.map((snapshot) => ({
    snapshot,
    address: view.survey.addressOf(snapshot),
  }));
  return {
    collections,
    unprotected: view.inventory.clusters
      .flatMap(({ name, collections: all }) => all.map((entry) => `${name}/${entry.name}`))
      .filter((name) => !protectedNames.has(name))
      .sort(),
    unmanaged: addressed.filter(({ address }) => address === null).map((entry) => entry.snapshot),
    orphaned: addressed
      .filter(({ address }) => address !== null && !declared.has(address))
      .map((entry) => entry.snapshot),
    damaged: addressed
      .filter(({ address }) => address !== null)
      .map((entry) => entry.snapshot)
      .filter(({ copies }) => copies.some((copy) => copy.status === "damaged")),
    repositories: view.inventory.repositories,
    diagnostics: [...view.plan.diagnostics, ...unseen(view, collections)],
  };
}

/** Of policies that no collection is known of, there is no line that could tell what is wrong. */
function unseen(view: Look, shown: readonly CollectionStatus[]): readonly Diagnostic[] {
  const told = new Set(shown.map(({ problem }) => problem));
  return view.plan.problems
    .filter(({ address, collection }) => collection === null && address.startsWith("policy."))
    .filter(({ message }) => !told.has(message))
    .map(({ address, code, message }) => ({
      severity: "error",
      code,
      summary: "A policy protects nothing now",
      detail: `${address}: ${message}`,
      address,
    }));
}

function collectionNames(view: Look, policy: DesiredPolicy): readonly string[] {
  const names = new Set<string>();
  const resource = `policy.${policy.name}`;
  const isOurs = (address: string | null): boolean =>
    address !== null && (address === resource || address.startsWith(`${resource}[`));
  for (const action of view.plan.actions) {
    if (isOurs(action.address)) names.add(action.collection);
  }
  for (const keep of view.plan.keeps) if (isOurs(keep.address)) names.add(keep.collection);
  for (const problem of view.plan.problems) {
    if (isOurs(problem.address) && problem.collection !== null) names.add(problem.collection);
  }
  return [...names].sort();
}

function policyStatus(view: Look, policy: DesiredPolicy): CollectionStatus[] {
  const { plan, survey, state } = view;
  const { timezone } = policy.schedule;
  const [next] = nextRuns(policy.schedule, { from: survey.now, count: 1 });
  const whole = plan.problems.find((problem) => problem.address === `policy.${policy.name}`);
  return collectionNames(view, policy).map((collection) => {
    const { cluster } = policy;
    const address = `policy.${policy.name}["${cluster}/${collection}"]`;
    const complete = survey.snapshotsOf(cluster, collection).filter(isComplete);
    const due = plan.actions.find(
      (action) => action.kind === "create" && action.address === address,
    );
    const problem = plan.problems.find((entry) => entry.address === address) ?? whole;
    const isGone = plan.diagnostics.some(
      (entry) => entry.code === "collection-gone" && entry.address === address,
    );
    const dueAt = due?.kind === "create" ? due.scheduledFor : null;
    return {
      address,
      cluster,
      collection,
      newestRestorable: complete[0]?.startedAt ?? null,
      oldestRestorable: complete.at(-1)?.startedAt ?? null,
      snapshotCount: complete.length,
      bytes: complete.reduce((sum, snapshot) => sum + snapshot.bytes, 0),
      nextRun: next ? formatInZone(next, timezone) : null,
      overdueSince: dueAt === null ? null : formatInZone(new Date(dueAt), timezone),
      lastRun: lastRun(state?.runs[address]),
      problem: problem?.message ?? (isGone ? "the collection no longer exists" : null),
    };
  });
}

function lastRun(
  run:
    | {
        readonly status: "succeeded" | "failed";
        readonly at: string;
        readonly error: string | null;
      }
    | undefined,
): CollectionStatus["lastRun"] {
  return run ? { status: run.status, at: run.at, error: run.error } : null;
}
