import { retain, type RetentionSnapshot } from "../policy/retention.ts";
import type { RetentionRules } from "../policy/rules.ts";
import { copyAt, isComplete, type Snapshot } from "../snapshot/snapshot.ts";
import type { DueRun, PolicyScene } from "./due.ts";

/** Why snapshots stay, by id. */
export type Reasons = Map<string, string[]>;

/** Snapshots that may fill a slot: whole where they have to be, or about to be. */
export function candidates(scene: PolicyScene, due: DueRun): readonly Snapshot[] {
  if (scene.place === "cluster") return scene.mine.filter(isComplete);
  const coming = new Set(due.copies.map((copy) => copy.snapshotId));
  return scene.mine.filter(
    (snapshot) =>
      copyAt(snapshot, scene.place)?.status === "complete" ||
      coming.has(snapshot.id) ||
      // A copy in a repository that the policy named before still counts.
      snapshot.copies.some((copy) => copy.place !== "cluster" && copy.status === "complete"),
  );
}

/** What the rules keep of these snapshots (newest first) and of the planned one, and why. */
export function ruleReasons(
  scene: PolicyScene,
  due: DueRun,
  request: { readonly snapshots: readonly Snapshot[]; readonly rules: RetentionRules },
): Reasons {
  const { now } = scene.survey;
  const dated: RetentionSnapshot[] = request.snapshots.map((snapshot) => ({
    id: snapshot.id,
    createdAt: new Date(snapshot.startedAt),
  }));
  if (due.create) dated.unshift({ id: due.create.snapshotId, createdAt: now });
  if (Object.keys(request.rules).length === 0) {
    return new Map(dated.map(({ id }) => [id, ["keep everything"]]));
  }
  const { timezone } = scene.policy.schedule;
  const { kept } = retain({ snapshots: dated, rules: request.rules, timezone, now });
  const counts = new Map<string, number>();
  const numbered = (word: string): string => {
    if (word.includes(" ")) return word;
    const count = (counts.get(word) ?? 0) + 1;
    counts.set(word, count);
    return `${word} ${count}`;
  };
  return new Map(kept.map(({ id, reasons }) => [id, reasons.map(numbered)]));
}

/** Adds the floor under every rule: the newest complete ones, this many, always stay. */
export function addFloor(
  reasons: Reasons,
  due: DueRun,
  snapshots: readonly Snapshot[],
  minKeep: number,
): void {
  const left = due.create ? minKeep - 1 : minKeep;
  for (const { id } of snapshots.slice(0, left)) {
    if (!reasons.has(id)) reasons.set(id, [`at least ${minKeep}`]);
  }
}

/** Ids that given rules and their floor keep. */
export function keptByRules(
  scene: PolicyScene,
  due: DueRun,
  rules: RetentionRules,
  minKeep: number,
): ReadonlySet<string> {
  const snapshots = candidates(scene, due);
  const reasons = ruleReasons(scene, due, { snapshots, rules });
  addFloor(reasons, due, snapshots, minKeep);
  return new Set(reasons.keys());
}
