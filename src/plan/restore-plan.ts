import { createHash } from "node:crypto";
import type { DesiredRestore } from "../desired/desired.ts";
import type { RestoreRecord } from "../ledger/state.ts";
import type { Capabilities, RestoreProcedure } from "../snapshot/capabilities.ts";
import { isSameCluster } from "../snapshot/identity.ts";
import { snapshotId } from "../snapshot/snapshot-id.ts";
import { repositoryPlace } from "../snapshot/snapshot.ts";
import type { Action, CreateAction, RestoreAction } from "./action.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Hazard } from "./hazard.ts";
import type { PlanProblem, ResourcePlan } from "./plan.ts";
import {
  isAhead,
  originOf,
  restoreSource,
  type RestoreOrigin,
  type RestoreSource,
} from "./restore-source.ts";
import { planRoute } from "./restore-route.ts";
import type { Survey } from "./survey.ts";

export interface RestorePlanOptions {
  /** Restore again although it was done before (`run restore.NAME`). */
  readonly force?: boolean;
}

/** The hash of what a restore declares: a changed declaration is another wish. */
export function wishOf(restore: DesiredRestore): string {
  const text = canonicalJson([
    restore.from,
    restore.to.cluster,
    restore.to.collection,
    restore.to.alias,
    // Only where it is asked for: what was carried out before it could be asked for stays done.
    ...(restore.to.aliases ? ["aliases"] : []),
  ]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * What one restore asks for. A `refresh: once` wish is carried out once: when its result has
 * vanished or was replaced it is reported, never repeated by itself. `planned` are the actions that
 * the rest of the plan makes; a restore of `latest` takes the snapshot that one of them makes.
 */
export function planRestore(
  restore: DesiredRestore,
  survey: Survey,
  planned: readonly Action[],
  options: RestorePlanOptions = {},
): ResourcePlan {
  const address = `restore.${restore.name}`;
  const record = survey.state?.restores[address];
  const isSameWish = record?.wish === wishOf(restore);
  const force = options.force ?? false;
  if (record && isSameWish && restore.refresh === "once" && !force) {
    return reportDone(restore, record, survey);
  }
  const origin = originOf(restore.from);
  const source = restoreSource(origin, survey, planned);
  if (!source) return onlyProblem(restore, noSource(origin, survey));
  if (record && isSameWish && source.snapshotId === record.snapshotId && !force) {
    return reportDone(restore, record, survey);
  }
  return planTarget(restore, source, survey, force);
}

function nothing(): ResourcePlan {
  return { actions: [], keeps: [], problems: [], diagnostics: [] };
}

type Fault = Pick<PlanProblem, "code" | "message">;

function onlyProblem(restore: DesiredRestore, fault: Fault): ResourcePlan {
  const { cluster, collection } = restore.to;
  const problem = { address: `restore.${restore.name}`, cluster, collection, ...fault };
  return { ...nothing(), problems: [problem] };
}

function noSource(origin: RestoreOrigin, survey: Survey): Fault {
  if (isAhead(origin.at, survey)) {
    return { code: "failed-precondition", message: `${origin.at} lies in the future` };
  }
  const unseen = survey.repositories.find(({ name, status }) => {
    const isMeant = origin.place === null || origin.place === repositoryPlace(name);
    return isMeant && status !== "ok" && status !== "new";
  });
  if (unseen?.problem) return unseen.problem;
  const named = survey
    .snapshotsOf(origin.cluster, origin.collection)
    .find((snapshot) => snapshot.id === origin.at);
  if (named && named.copies.some((copy) => copy.status === "damaged")) {
    const message = `snapshot ${origin.at} is damaged; see \`snapform repository check\``;
    return { code: "corrupt", message };
  }
  const of = origin.address === null ? "" : ` of ${origin.address}`;
  const where = origin.place === null ? "" : ` in ${origin.place}`;
  const which = origin.at === "latest" ? "no complete snapshot" : `no snapshot at ${origin.at}`;
  const message = `${which}${of} exists for ${origin.cluster}/${origin.collection}${where}`;
  return { code: "not-found", message };
}

function reportDone(restore: DesiredRestore, record: RestoreRecord, survey: Survey): ResourcePlan {
  const cluster = survey.cluster(record.cluster);
  if (!cluster?.reachable) return nothing();
  const target = survey.collection(record.cluster, record.collection);
  if (target && (record.targetIdentity === null || target.identity === record.targetIdentity)) {
    return nothing();
  }
  const address = `restore.${restore.name}`;
  const name = `${record.cluster}/${record.collection}`;
  const fate = target ? "has since been replaced by another collection" : "no longer exists";
  return {
    ...nothing(),
    diagnostics: [
      {
        severity: "warning",
        code: "restore-lost",
        summary: "The result of a restore is lost",
        detail:
          `${address} restored ${record.snapshotId} into ${name} at ${record.at}; it ${fate}. ` +
          `It is not repeated by itself. Run \`snapform run ${address}\` to restore again.`,
        address,
      },
    ],
  };
}

interface Choice {
  readonly procedure: RestoreProcedure;
  readonly collection: string;
  readonly alias: string | null;
  readonly hazards: readonly Hazard[];
}

function datedName(restore: DesiredRestore, source: RestoreSource): string {
  const stamp = source.startedAt.slice(0, 19).replace(/[-:]/g, "").replace("T", "_");
  return `${restore.to.collection}__${stamp}`;
}

/** How the target is reached, or why it cannot be. */
function choose(
  restore: DesiredRestore,
  source: RestoreSource,
  survey: Survey,
  capabilities: Capabilities,
): Choice | Fault {
  const { to } = restore;
  const isAlias = to.ifExists === "alias";
  const collection = isAlias ? datedName(restore, source) : to.collection;
  const target = survey.collection(to.cluster, collection);
  const behind = survey
    .cluster(to.cluster)
    ?.collections.find(({ aliases }) => aliases.includes(collection));
  if (behind) {
    const message =
      `${collection} is an alias of collection ${behind.name} on cluster ${to.cluster}; ` +
      `name the collection itself, or restore beside it with \`ifExists: alias\``;
    return { code: "already-exists", message };
  }
  if (isAlias && !capabilities.restore.alias) {
    const message = `engine ${capabilities.engine} has no aliases; use \`ifExists: replace\``;
    return { code: "unimplemented", message };
  }
  if (isAlias && to.alias !== null && survey.collection(to.cluster, to.alias)) {
    const message =
      `${to.alias} is a collection on cluster ${to.cluster}, so no alias can have that name; ` +
      "name another alias, or remove the collection first";
    return { code: "already-exists", message };
  }
  if (!target) {
    if (capabilities.restore.newCollection) {
      return { procedure: "new", collection, alias: to.alias, hazards: [] };
    }
    const message = `engine ${capabilities.engine} cannot restore into a new collection`;
    return { code: "unimplemented", message };
  }
  if (to.ifExists !== "replace") {
    const message =
      `collection ${collection} exists on cluster ${to.cluster}; restore into another name, ` +
      "remove it first, or declare `ifExists: replace`";
    return { code: "already-exists", message };
  }
  const hazards: Hazard[] = ["overwrites-data"];
  const isSame =
    target.identity !== null &&
    target.identity === source.collectionIdentity &&
    isSameDeployment(survey.cluster(to.cluster)?.identity ?? null, source.clusterIdentity);
  if (isSame && capabilities.restore.inPlace) {
    return { procedure: "in-place", collection, alias: null, hazards };
  }
  if (capabilities.restore.overwrite) {
    return { procedure: "replace", collection, alias: null, hazards };
  }
  const message = `engine ${capabilities.engine} cannot restore over an existing collection`;
  return { code: "unimplemented", message };
}

function isSameDeployment(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && isSameCluster(a, b);
}

/** What the engine cannot do, whatever the target is like. */
function engineFault(
  { to, check }: DesiredRestore,
  source: RestoreSource,
  survey: Survey,
  capabilities: Capabilities,
): Fault | null {
  const canReadOut = survey.cluster(source.cluster)?.capabilities.copyOut ?? false;
  if (source.place === "cluster" && source.cluster !== to.cluster && !canReadOut) {
    const message =
      `snapshot ${source.snapshotId} lies on cluster ${source.cluster} only, and engine ` +
      `${source.engine} cannot bring it to cluster ${to.cluster}`;
    return { code: "unimplemented", message };
  }
  if (to.aliases && !capabilities.restore.alias) {
    const message = `engine ${capabilities.engine} has no aliases; leave \`aliases\` out`;
    return { code: "unimplemented", message };
  }
  if (!capabilities.checks.includes(check)) {
    const message =
      `engine ${capabilities.engine} cannot check what it restored to the level ${check}; ` +
      `it reaches ${capabilities.checks.join(", ") || "none"}`;
    return { code: "unimplemented", message };
  }
  return null;
}

function nameFault(collection: string, { engine, targetNames }: Capabilities): Fault | null {
  if (!targetNames || new RegExp(targetNames.pattern, "u").test(collection)) return null;
  const message =
    `engine ${engine} cannot restore into a collection of the name ` +
    `${JSON.stringify(collection)}: names ${targetNames.rule}`;
  return { code: "invalid-argument", message };
}

function planTarget(
  restore: DesiredRestore,
  source: RestoreSource,
  survey: Survey,
  force: boolean,
): ResourcePlan {
  const { to } = restore;
  const cluster = survey.cluster(to.cluster);
  if (!cluster?.reachable) {
    const message = `cluster ${to.cluster} could not be looked at`;
    return onlyProblem(restore, cluster?.problem ?? { code: "unavailable", message });
  }
  if (cluster.engine !== source.engine) {
    const message =
      `a snapshot of engine ${source.engine} cannot be restored into cluster ${to.cluster}, ` +
      `which is ${cluster.engine}`;
    return onlyProblem(restore, { code: "failed-precondition", message });
  }
  const refused =
    engineFault(restore, source, survey, cluster.capabilities) ?? cluster.restoreProblem;
  if (refused) return onlyProblem(restore, refused);
  const choice = choose(restore, source, survey, cluster.capabilities);
  if ("code" in choice) return onlyProblem(restore, choice);
  const misnamed = nameFault(choice.collection, cluster.capabilities);
  if (misnamed) return onlyProblem(restore, misnamed);
  const route = planRoute({
    source: source.layout,
    snapshotId: source.snapshotId,
    target: cluster,
    live: survey.collection(to.cluster, choice.collection) ?? null,
    collection: choice.collection,
    procedure: choice.procedure,
  });
  if ("code" in route) return onlyProblem(restore, route);
  const safety =
    choice.procedure === "new" ? null : safetySnapshot(restore, choice.collection, source, survey);
  const action: RestoreAction = {
    kind: "restore",
    id: `restore:${source.snapshotId}>${to.cluster}/${choice.collection}`,
    address: `restore.${restore.name}`,
    cluster: to.cluster,
    collection: choice.collection,
    snapshotId: source.snapshotId,
    reason: force ? reasonWhenForced(restore, survey) : `declared in restore.${restore.name}`,
    hazards: choice.hazards,
    dependsOn: [...source.madeBy, ...(safety ? [safety.id] : [])],
    from: { place: source.place, cluster: source.cluster, collection: source.collection },
    procedure: choice.procedure,
    targetIdentity: survey.collection(to.cluster, choice.collection)?.identity ?? null,
    check: restore.check,
    alias: choice.alias,
    wish: wishOf(restore),
    route: route.steps,
    aliases: to.aliases,
    notes: route.notes,
    startedAt: source.startedAt,
    bytes: source.bytes,
  };
  return { ...nothing(), actions: safety ? [safety, action] : [action] };
}

function reasonWhenForced(restore: DesiredRestore, survey: Survey): string {
  const record = survey.state?.restores[`restore.${restore.name}`];
  return record?.wish === wishOf(restore) ? "asked for again" : "asked for";
}

/** What the target holds is saved first, wherever the restored snapshot itself lies. */
function safetySnapshot(
  restore: DesiredRestore,
  collection: string,
  source: RestoreSource,
  survey: Survey,
): CreateAction {
  const { cluster, keepReplacedMs } = restore.to;
  const address = `restore.${restore.name}`;
  const { now, lineage } = survey;
  const id = snapshotId({ lineage, address, cluster, collection, at: now });
  const isCapture = survey.cluster(cluster)?.capabilities.create === "capture";
  return {
    kind: "create",
    id: `create:${id}@${cluster}/${collection}`,
    address,
    cluster,
    collection,
    snapshotId: id,
    reason: `what ${address} is about to replace`,
    // Held back together with the restore that it is for, or every apply would make another one.
    hazards: ["overwrites-data"],
    dependsOn: [],
    place: isCapture ? source.place : "cluster",
    scheduledFor: null,
    description: `before ${address}`,
    keepUntil: new Date(now.getTime() + keepReplacedMs).toISOString(),
    take: 0,
    collectionIdentity: survey.collection(cluster, collection)?.identity ?? null,
  };
}
