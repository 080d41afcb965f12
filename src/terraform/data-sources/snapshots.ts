import { parseInstant } from "../../clock/instant.ts";
import type { Survey } from "../../plan/survey.ts";
import { byNewest, isComplete, type Snapshot } from "../../snapshot/snapshot.ts";
import { textAt } from "../resources/values.ts";
import { numberOf } from "../wire/number.ts";
import { isNum, memberOf, type Tree } from "../wire/value.ts";
import type { DataSourceType } from "../server/definition.ts";
import type { ProviderWorld } from "../world.ts";
import { dataSource, lookAround } from "./source.ts";

/** `snapform_snapshots`. */
export const snapshots: DataSourceType<ProviderWorld> = dataSource(
  "snapform_snapshots",
  async (context, config) => {
    const { inventory, survey, unseen } = await lookAround(context, textAt(config, "cluster"));
    const fitting = inventory.snapshots
      .filter((snapshot) => isOf(snapshot, survey, config))
      .filter((snapshot) => isLike(snapshot, config))
      .toSorted(byNewest);
    const limit = memberOf(config, "limit");
    const shown = isNum(limit) ? fitting.slice(0, numberOf(limit)) : fitting;
    const members = { snapshots: shown.map((snapshot) => membersOf(snapshot, survey)) };
    return { members, diagnostics: unseen };
  },
);

/** Whether a snapshot belongs to what the filters name; those that are left out fit everything. */
export function isOf(snapshot: Snapshot, survey: Survey, config: Tree): boolean {
  const cluster = textAt(config, "cluster") ?? snapshot.cluster;
  const collection = textAt(config, "collection") ?? snapshot.collection;
  const policy = textAt(config, "policy");
  const isIts = policy === null || survey.addressOf(snapshot) === `policy.${policy}`;
  return snapshot.cluster === cluster && snapshot.collection === collection && isIts;
}

function isLike(snapshot: Snapshot, config: Tree): boolean {
  const place = textAt(config, "place");
  const status = textAt(config, "status");
  const after = textAt(config, "finished_after");
  const before = textAt(config, "finished_before");
  const at = snapshot.finishedAt === null ? null : Date.parse(snapshot.finishedAt);
  const isAfter = after === null || (at !== null && at >= parseInstant(after).getTime());
  const isBefore = before === null || (at !== null && at < parseInstant(before).getTime());
  const isThere = place === null || snapshot.copies.some((copy) => copy.place === place);
  return isThere && (status === null || statusOf(snapshot) === status) && isAfter && isBefore;
}

/** What is true of a snapshot as a whole: its best copy counts. */
function statusOf(snapshot: Snapshot): string {
  if (isComplete(snapshot)) return "complete";
  const statuses = snapshot.copies.map(({ status }) => status);
  const order = ["unknown", "unreachable", "damaged", "partial"] as const;
  return order.find((status) => statuses.includes(status)) ?? "unknown";
}

function membersOf(snapshot: Snapshot, survey: Survey): { readonly [name: string]: unknown } {
  const { id, cluster, collection, engine, owner, description, bytes, pinned } = snapshot;
  return {
    id,
    cluster,
    collection,
    engine,
    address: survey.addressOf(snapshot),
    project: owner?.project ?? null,
    started_at: snapshot.startedAt,
    finished_at: snapshot.finishedAt,
    scheduled_for: snapshot.scheduledFor,
    description,
    points: snapshot.points?.before ?? null,
    bytes,
    pinned,
    status: statusOf(snapshot),
    places: snapshot.copies.map(({ place }) => place).sort(),
  };
}
