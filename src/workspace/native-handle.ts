import type { SnapshotRecord } from "../ledger/state.ts";
import { copyAt, type NativeHandle, type Snapshot } from "../snapshot/snapshot.ts";

/**
 * By what the engine finds a snapshot that is recorded anew. A manifest goes on naming what the
 * cluster kept of it once; where there is a record, that one knows whether it still does.
 */
export function nativeHandle(
  known: SnapshotRecord | undefined,
  snapshot: Snapshot,
): NativeHandle | null {
  if (known === undefined) return snapshot.native;
  return known.native ?? (copyAt(snapshot, "cluster") ? snapshot.native : null);
}
