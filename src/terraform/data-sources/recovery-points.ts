import { parseInstant } from "../../clock/instant.ts";
import { byNewest, isComplete, type Snapshot } from "../../snapshot/snapshot.ts";
import { textAt } from "../resources/values.ts";
import { isOf } from "./snapshots.ts";
import type { DataSourceType } from "../server/definition.ts";
import type { ProviderWorld } from "../world.ts";
import { dataSource, lookAround } from "./source.ts";

/** `snapform_recovery_points`. */
export const recoveryPoints: DataSourceType<ProviderWorld> = dataSource(
  "snapform_recovery_points",
  async (context, config) => {
    const { inventory, survey, unseen } = await lookAround(context, textAt(config, "cluster"));
    const at = textAt(config, "at");
    const untilMs = at === null ? Infinity : parseInstant(at).getTime();
    const whole = inventory.snapshots
      .filter(isComplete)
      .filter((snapshot) => isOf(snapshot, survey, config))
      .filter((snapshot) => Date.parse(finishOf(snapshot)) <= untilMs)
      .toSorted(byNewest);
    const groups = Map.groupBy(whole, ({ cluster, collection }) =>
      JSON.stringify([cluster, collection]),
    );
    const points = [...groups.values()].map(pointOf).toSorted(byPlace);
    return { members: { recovery_points: points }, diagnostics: unseen };
  },
);

/** A snapshot that does not say when it was finished was whole when it began. */
function finishOf({ finishedAt, startedAt }: Snapshot): string {
  return finishedAt ?? startedAt;
}

interface Point {
  readonly cluster: string;
  readonly collection: string;
  readonly newest: string;
  readonly newest_id: string;
  readonly oldest: string;
  readonly oldest_id: string;
  readonly count: number;
  readonly bytes: number;
}

/** @param snapshots newest first; at least one */
function pointOf(snapshots: readonly Snapshot[]): Point {
  const newest = snapshots[0] as Snapshot;
  const oldest = snapshots.at(-1) as Snapshot;
  return {
    cluster: newest.cluster,
    collection: newest.collection,
    newest: finishOf(newest),
    newest_id: newest.id,
    oldest: finishOf(oldest),
    oldest_id: oldest.id,
    count: snapshots.length,
    bytes: snapshots.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function byPlace(a: Point, b: Point): number {
  const [left, right] = [a, b].map(({ cluster, collection }) =>
    JSON.stringify([cluster, collection]),
  );
  return (left ?? "") < (right ?? "") ? -1 : 1;
}
