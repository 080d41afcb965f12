import { resourceOf } from "../address/address.ts";
import type { Change } from "../ledger/change.ts";
import type { SnapshotRecord } from "../ledger/state.ts";
import type { CreateAction } from "../plan/action.ts";
import type { NativeHandle, Owner, Snapshot } from "../snapshot/snapshot.ts";
import type { Run } from "./run.ts";

/** What is recorded of a snapshot that was made. */
export interface Created {
  /** What asked for it, with the collection under a policy. */
  readonly address: string;
  readonly id: string;
  readonly cluster: string;
  readonly collection: string;
  readonly clusterIdentity: string | null;
  readonly scheduledFor: string | null;
  readonly startedAt: string;
  readonly take: number;
  readonly description: string | null;
  readonly keepUntil: string | null;
  readonly native: NativeHandle | null;
}

/** Whose a snapshot is that an action makes. */
export function ownerOf(run: Run, action: CreateAction): Owner {
  const { project } = run.world.desired;
  return { project, lineage: run.ledger.lineage, address: resourceOf(action.address) };
}

/** What is recorded of the snapshot that an action has made. */
export function createdOf(action: CreateAction, snapshot: Snapshot): Created {
  const { snapshotId: id, cluster, collection, address, scheduledFor, take } = action;
  const { description, keepUntil } = action;
  const { clusterIdentity, startedAt, native } = snapshot;
  const base = { id, cluster, collection, address, scheduledFor, description, keepUntil, take };
  return { ...base, clusterIdentity, startedAt, native };
}

/** The claim to a snapshot, whole or not: from here on it is ours, and nobody's leftover. */
export function claim(made: Created): Change {
  const { id, cluster, collection, clusterIdentity, scheduledFor, startedAt, native } = made;
  const record: SnapshotRecord = {
    id,
    cluster,
    collection,
    clusterIdentity,
    address: resourceOf(made.address),
    scheduledFor,
    startedAt,
    adoptedAt: null,
    description: made.description,
    keepUntil: made.keepUntil,
    native,
    pinned: false,
  };
  return { type: "snapshot-recorded", record };
}

/** What the ledger learns from a snapshot that is complete. */
export function createdChanges(made: Created, at: string): Change[] {
  const { address, id, scheduledFor, take } = made;
  const resource = resourceOf(address);
  const changes: Change[] = [claim(made)];
  if (resource.startsWith("policy.")) {
    const run = { scheduledFor, status: "succeeded", at, error: null } as const;
    changes.push({ type: "ran", address, run });
  }
  if (resource.startsWith("snapshot.")) {
    changes.push({ type: "taken", taken: { address: resource, snapshotId: id, at, take } });
  }
  return changes;
}
