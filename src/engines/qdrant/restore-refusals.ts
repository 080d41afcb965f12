import { SnapformError, type ErrorCode } from "../../errors/index.ts";
import type { CollectionLayout, SnapshotLayout } from "../../snapshot/layout.ts";
import type { ClusterLook } from "./cluster.ts";
import { hasRoomForScratch, NAME_LIMIT } from "./marks.ts";
import type { RestoreSource } from "./restore-source.ts";

/** What the servers refuse in the path of an upload; other calls are laxer. */
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const UNFIT_NAME = /[<>:"/\\|?*\u0000\u001f]/;

/** Refuses a cluster that cannot be watched, or whose key certainly may not. */
export function requireRestorable({ restoreProblem }: ClusterLook): void {
  if (restoreProblem === null) return;
  const { code, message } = restoreProblem;
  const retryable = code === "unavailable";
  throw new SnapformError(code as ErrorCode, message, { retryable });
}

/** Refuses a snapshot that servers of another version made; the planner does the same. */
export function requireVersions(layout: SnapshotLayout, look: ClusterLook): void {
  for (const made of layout.versions) {
    for (const { node, version } of look.live) {
      const steps = minorSteps(made, version);
      if (steps === null || steps === 0 || steps === 1) continue;
      const text = `the snapshot was made by version ${made}, and ${node.name} runs ${version}`;
      const hint =
        steps < 0
          ? "A snapshot never fits an older server: upgrade the target."
          : "Restore into a server of that version or the next one first; upgrade step by step.";
      throw new SnapformError("failed-precondition", text, { hint });
    }
  }
}

/** How many minor versions `to` is ahead; null when that cannot be told. */
function minorSteps(from: string, to: string): number | null {
  const [a, b] = [from, to].map((text) => /^v?(\d+)\.(\d+)\./.exec(text));
  if (!a || !b) return null;
  if (a[1] !== b[1]) return Number(b[1]) < Number(a[1]) ? -1 : Infinity;
  return Number(b[2]) - Number(a[2]);
}

/** Refuses what a collection made from the files themselves would not survive. */
export function requireNewFits(source: RestoreSource, look: ClusterLook, target: string): void {
  requireName(target);
  requireStandaloneFits(source, look);
  if (source.layout?.sharding !== "custom") return;
  const keys = source.layout.shardKeys.map((key) => JSON.stringify(key)).join(", ");
  const text =
    "the snapshot has custom shard keys, and a collection that the server makes from it has " +
    "none, so that its points would be lost";
  throw new SnapformError("failed-precondition", text, {
    hint:
      `Make collection ${JSON.stringify(target)} with the same parameters, then its shard keys ` +
      `in this order: ${keys || "(not recorded)"}; then restore with \`ifExists: replace\`.`,
  });
}

/** Refuses a target that the server, or what is in it, would not let be overwritten. */
export function requireLiveFits(
  source: RestoreSource,
  look: ClusterLook,
  target: string,
  live: CollectionLayout,
): void {
  requireName(target);
  requireStandaloneFits(source, look);
  const { layout } = source;
  if (layout === null) return;
  const quoted = JSON.stringify(target);
  const refuse = (text: string, hint: string): never => {
    throw new SnapformError("failed-precondition", text, { hint });
  };
  if (!hasRoomForScratch(target)) {
    refuse(
      `beside collection ${quoted} nothing can be built: its name is too long`,
      "Restore under another name.",
    );
  }
  if (live.shardCount !== layout.shardCount) {
    refuse(
      `the snapshot has ${layout.shardCount} shard(s) and collection ${quoted} has ` +
        `${live.shardCount}; a restore cannot change that`,
      "Restore under another name, or copy the points with a migration tool.",
    );
  }
  if (live.schemaHash !== layout.schemaHash) {
    refuse(
      `the vectors of the snapshot and of collection ${quoted} are configured differently`,
      "Restore under another name.",
    );
  }
  const isSame = JSON.stringify(live.shardKeys) === JSON.stringify(layout.shardKeys);
  if (live.sharding !== layout.sharding || !isSame) {
    refuse(
      `the shard keys of the snapshot and of collection ${quoted} differ in names or order`,
      "Restore under another name.",
    );
  }
}

function requireStandaloneFits({ pieces }: RestoreSource, look: ClusterLook): void {
  if (look.topology !== "standalone" || pieces.length === 1) return;
  const parts = pieces.map(({ part }) => part).join(", ");
  const text = `a standalone server takes a snapshot only whole, and this one has parts: ${parts}`;
  throw new SnapformError("failed-precondition", text, {
    hint: "Restore it into a cluster, or copy the points with a migration tool.",
  });
}

function requireName(target: string): void {
  if (!UNFIT_NAME.test(target) && target.length <= NAME_LIMIT) return;
  const text = `nothing can be uploaded to a collection of the name ${JSON.stringify(target)}`;
  throw new SnapformError("invalid-argument", text, {
    hint: 'Qdrant refuses < > : " / \\ | ? * there, and more than 255 characters.',
  });
}
