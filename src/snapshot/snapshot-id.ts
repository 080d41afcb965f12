import { createHash } from "node:crypto";

/** What a snapshot's id is made from. */
export interface SnapshotIdSeed {
  readonly lineage: string | null;
  readonly address: string;
  readonly cluster: string;
  readonly collection: string;
  /** The run that it is for, or the instant of a one-off. */
  readonly at: Date;
  /** Tells repeated takes of one name apart. */
  readonly take?: number;
}

/**
 * The id of a snapshot that does not exist yet, e.g. `20261121T020000Z-3f9c1a2b`. It depends on
 * nothing but the seed, so a plan can name the snapshot that it will make, and a second attempt
 * after a lost answer finds the first one instead of making another.
 */
export function snapshotId(seed: SnapshotIdSeed): string {
  const stamp = seed.at.toISOString().replace(/[-:]|\.\d+/g, "");
  const parts = [seed.lineage ?? "", seed.address, seed.cluster, seed.collection, stamp];
  const text = JSON.stringify([...parts, seed.take ?? 0]);
  return `${stamp}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}
