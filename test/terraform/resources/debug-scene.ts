import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { eventually, type Started } from "../running.ts";
import { openScene, startDebugProvider, type DebugProvider, type Scene } from "./scene.ts";

/** A scene for each test of a block; all of them share one provider in debug mode. */
export function useScene(binary: string): () => Scene {
  let provider: DebugProvider;
  let scene: Scene;
  beforeAll(async () => {
    provider = await startDebugProvider();
  });
  afterAll(() => provider.close());
  beforeEach(async () => {
    scene = await openScene(binary, provider);
  });
  afterEach(() => scene.close());
  return () => scene;
}

/** Applies, and makes sure that there is nothing to do afterwards. Answers what was printed. */
export async function settled(scene: Scene, ...args: readonly string[]): Promise<string> {
  const { status, text } = await scene.apply(...args);
  expect(status, text).toBe(0);
  const second = await scene.run("plan", "-detailed-exitcode");
  expect(second.status, second.text).toBe(0);
  return text;
}

/** Starts an apply that stands still before the snapshot of a collection. */
export async function startPaused(scene: Scene, collection: string): Promise<Started> {
  const sign = join(scene.folder, "paused");
  const env = { SNAPFORM_TEST_PAUSE: `${collection}:${sign}` };
  const started = scene.start(["apply", "-auto-approve"], env);
  const isPaused = (): Promise<boolean> =>
    access(sign).then(
      () => true,
      () => false,
    );
  await eventually("the apply stands still", isPaused);
  return started;
}

/** The ids of the snapshots in the vault, in order. */
export async function snapshotsIn(
  { folder }: Scene,
  cluster = "local",
  collection = "docs",
): Promise<readonly string[]> {
  const path = join(folder, "vault", "snapshots", cluster, collection);
  const names = await readdir(path).catch(() => []);
  const ids = names.map((name) => /^(\w+-\w{8})\.json$/.exec(name)?.[1] ?? "");
  return ids.filter((id) => id !== "").sort();
}
