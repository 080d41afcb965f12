import type {
  Capture,
  CapturedPart,
  CaptureRequest,
  NativeSnapshot,
  SourceFile,
} from "../../engine/driver.ts";
import type { Json } from "../../snapshot/manifest.ts";
import type { PointRange } from "../../snapshot/snapshot.ts";
import { chunksOf, contentHash, encodePoints, pointsOn, type MemoryPoints } from "./content.ts";
import { needCollection, needNodes, nodeName } from "./errors.ts";
import { findSnapshot, needPoints } from "./native.ts";
import { MEMORY_VERSION } from "./observe.ts";
import { step, type MemorySetting } from "./setting.ts";
import type { MemoryWorld } from "./world.ts";

/** Holds the points of one instant; later writes make other points and leave these alone. */
export async function captureCollection(
  setting: MemorySetting,
  request: CaptureRequest,
  signal: AbortSignal,
): Promise<Capture> {
  const { world, process } = setting;
  await step(setting, "capture/look", signal);
  needCollection(world, request.collection);
  needNodes(world);
  const hold = `capture-${request.snapshotId}-${world.nextNumber()}`;
  world.holds.set(hold, process);
  const close = async (): Promise<void> => {
    await step(setting, "capture/close", null);
    world.holds.delete(hold);
  };
  try {
    await step(setting, "capture/hold", signal);
    const { identity, points } = needCollection(world, request.collection);
    await step(setting, "capture/held", signal);
    const range = { before: points.size, after: points.size };
    return captureOf(world, { identity, points, range, close });
  } catch (error) {
    world.holds.delete(hold);
    throw error;
  }
}

/** Opens a snapshot that the made-up servers keep. */
export async function readSnapshot(
  setting: MemorySetting,
  native: NativeSnapshot,
  signal: AbortSignal,
): Promise<Capture> {
  const { world } = setting;
  await step(setting, "read/look", signal);
  const points = needPoints(world, native.collection, native.key);
  const snapshot = findSnapshot(world, native.collection, native.key);
  const identity = snapshot?.collectionIdentity ?? null;
  await step(setting, "read/open", signal);
  const close = (): Promise<void> => step(setting, "read/close", null);
  return captureOf(world, { identity, points, range: native.points, close });
}

interface Held {
  readonly identity: string | null;
  readonly points: MemoryPoints;
  readonly range: PointRange | null;
  readonly close: () => Promise<void>;
}

function captureOf(world: MemoryWorld, held: Held): Capture {
  const { points } = held;
  const [first] = points.values();
  const details: Json = { contentHash: contentHash(points) };
  return {
    draft: {
      engineVersion: MEMORY_VERSION,
      collectionIdentity: held.identity,
      clusterIdentity: world.identity,
      schema: { dimension: first?.vector.length ?? null },
      details,
      points: held.range,
      layout: null,
    },
    parts: partsOf(points, world.flavour.parts),
    close: held.close,
  };
}

function partsOf(points: MemoryPoints, count: number): CapturedPart[] {
  return Array.from({ length: count }, (_, node) => {
    const files = encodePoints(pointsOn(points, node, count)).map(
      ({ path, bytes }): SourceFile => ({
        path,
        size: bytes.length,
        open: (offset, signal) => Promise.resolve(chunksOf(bytes, offset, signal)),
      }),
    );
    return { name: count === 1 ? "data" : nodeName(node), files, details: { node } };
  });
}
