import { resourceOf } from "../address/address.ts";
import type { DesiredRestore } from "../desired/desired.ts";
import type { SnapshotLayout } from "../snapshot/layout.ts";
import {
  isComplete,
  repositoryOf,
  repositoryPlace,
  type Place,
  type Snapshot,
} from "../snapshot/snapshot.ts";
import type { Action, CreateAction } from "./action.ts";
import type { Survey } from "./survey.ts";

/** What a restore reads: a snapshot that exists, or one that this very plan makes. */
export interface RestoreSource {
  readonly snapshotId: string;
  readonly cluster: string;
  readonly collection: string;
  readonly place: Place;
  readonly engine: string;
  readonly collectionIdentity: string | null;
  readonly clusterIdentity: string | null;
  readonly startedAt: string;
  readonly bytes: number;
  /** How it is spread; of one that this plan makes, as it would be now. */
  readonly layout: SnapshotLayout | null;
  /** The actions of this plan that make it; empty when it exists. */
  readonly madeBy: readonly string[];
}

/** Where the snapshots of a restore's `from` are looked for. */
export interface RestoreOrigin {
  readonly cluster: string;
  readonly collection: string;
  /** Only copies there count; null for any. */
  readonly place: Place | null;
  /** Only snapshots of this resource count; null for any. */
  readonly address: string | null;
  readonly at: string;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T/;

export function originOf(from: DesiredRestore["from"]): RestoreOrigin {
  const { cluster, collection } = from;
  switch (from.kind) {
    case "policy":
      return { cluster, collection, place: null, address: `policy.${from.policy}`, at: from.at };
    case "snapshot": {
      const address = `snapshot.${from.snapshot}`;
      return { cluster, collection, place: null, address, at: "latest" };
    }
    case "repository": {
      const place = repositoryPlace(from.repository);
      return { cluster, collection, place, address: null, at: from.at };
    }
  }
}

/** Copies in a repository first: they can be read whatever became of the cluster. */
function bestPlace(snapshot: Snapshot, wanted: Place | null): Place | null {
  const whole = snapshot.copies.filter((copy) => copy.status === "complete");
  const places = whole.map((copy) => copy.place).sort();
  if (wanted !== null) return places.includes(wanted) ? wanted : null;
  return places.find((place) => repositoryOf(place) !== null) ?? places[0] ?? null;
}

function existingSource(snapshot: Snapshot, place: Place): RestoreSource {
  return {
    snapshotId: snapshot.id,
    cluster: snapshot.cluster,
    collection: snapshot.collection,
    place,
    engine: snapshot.engine,
    collectionIdentity: snapshot.collectionIdentity,
    clusterIdentity: snapshot.clusterIdentity,
    startedAt: snapshot.startedAt,
    bytes: snapshot.bytes,
    layout: snapshot.layout,
    madeBy: [],
  };
}

function plannedSource(
  origin: RestoreOrigin,
  survey: Survey,
  planned: readonly Action[],
): RestoreSource | null {
  const create = planned.find(
    (action): action is CreateAction =>
      action.kind === "create" &&
      action.cluster === origin.cluster &&
      action.collection === origin.collection &&
      resourceOf(action.address) === origin.address,
  );
  if (!create) return null;
  const copy = planned.find(
    (action) => action.kind === "copy" && action.snapshotId === create.snapshotId,
  );
  const cluster = survey.cluster(create.cluster);
  const observed = survey.collection(create.cluster, create.collection);
  return {
    snapshotId: create.snapshotId,
    cluster: create.cluster,
    collection: create.collection,
    place: copy?.kind === "copy" ? copy.to : create.place,
    engine: cluster?.engine ?? "",
    collectionIdentity: create.collectionIdentity,
    clusterIdentity: cluster?.identity ?? null,
    startedAt: survey.now.toISOString(),
    bytes: observed?.bytes ?? 0,
    layout: observed?.layout ?? null,
    madeBy: copy ? [create.id, copy.id] : [create.id],
  };
}

/** True for an instant that has not come: which snapshot it will mean cannot be known yet. */
export function isAhead(at: string, survey: Survey): boolean {
  return INSTANT.test(at) && Date.parse(at) > survey.now.getTime();
}

/**
 * True for what a restore saved before it replaced something: it is restored by its id only. As the
 * newest of its collection it would otherwise make a restore of the latest undo itself, for ever.
 */
function isSafety({ owner }: Snapshot): boolean {
  return owner?.address.startsWith("restore.") ?? false;
}

/**
 * The snapshot that a restore means. `latest` is the newest complete one, counting what this plan
 * makes; an instant means the newest complete one that was finished by then; else it is an id.
 * Null when there is none.
 */
export function restoreSource(
  origin: RestoreOrigin,
  survey: Survey,
  planned: readonly Action[],
): RestoreSource | null {
  const { at } = origin;
  if (isAhead(at, survey)) return null;
  if (at === "latest" && origin.address !== null) {
    const source = plannedSource(origin, survey, planned);
    if (source) return source;
  }
  for (const snapshot of survey.snapshotsOf(origin.cluster, origin.collection)) {
    if (!isComplete(snapshot)) continue;
    const place = bestPlace(snapshot, origin.place);
    if (place === null) continue;
    // An id means that one, whatever made it: what a restore saved has no other way back.
    if (at === snapshot.id) return existingSource(snapshot, place);
    if (origin.address !== null && survey.addressOf(snapshot) !== origin.address) continue;
    if (isSafety(snapshot)) continue;
    if (at === "latest") return existingSource(snapshot, place);
    const finishedAt = snapshot.finishedAt ?? snapshot.startedAt;
    if (INSTANT.test(at) && Date.parse(finishedAt) <= Date.parse(at)) {
      return existingSource(snapshot, place);
    }
  }
  return null;
}
