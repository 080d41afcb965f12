import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryWorld } from "../../src/engines/memory/world.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { bury } from "./bury.ts";
import { cloneWorld } from "./clone-world.ts";
import { factsOf, leftoversOf, type Facts } from "./facts.ts";
import { pointsOf } from "./points.ts";
import { Scene, type OpenOptions } from "./scene.ts";
import { apply, type Scenario } from "./scenarios.ts";
import { Seam, type CutKind } from "./seam.ts";
import { TestClock } from "./test-clock.ts";

/** What a scenario ends with when nothing goes wrong, and how many operations it takes. */
export interface Uncut {
  readonly facts: Facts;
  readonly log: readonly string[];
}

const START = "2026-03-10T12:00:00Z";

/** The scene with its past, made once; each run works on a copy. */
export async function pastOf(scenario: Scenario): Promise<Scene> {
  const world = new MemoryWorld(scenario.flavour);
  world.createCollection("docs", pointsOf(0, 6));
  const scene = await Scene.make(scenario.yaml, { prod: world }, new TestClock(START));
  await scenario.past?.(scene);
  return scene;
}

async function copyOf(past: Scene): Promise<Scene> {
  const root = await mkdtemp(join(tmpdir(), "snapform-cut-"));
  await cp(past.root, root, { recursive: true, preserveTimestamps: true });
  const worlds = new Map([...past.worlds].map(([name, world]) => [name, cloneWorld(world)]));
  const clock = new TestClock(past.clock.now().toISOString(), 7);
  return new Scene(root, clock, worlds, past.yaml);
}

export async function runUncut(
  scenario: Scenario,
  past: Scene,
  countsReads: boolean,
  broken: Pick<OpenOptions, "wrapStore"> = {},
): Promise<Uncut> {
  const scene = await copyOf(past);
  try {
    const seam = new Seam({ countsReads });
    const workspace = scene.open({ seam, ...broken });
    await scenario.command(workspace, scene);
    await workspace.close();
    const log = [...seam.log];
    await settle(scene);
    return { facts: await factsOf(scene), log };
  } finally {
    await scene.close();
  }
}

/** What every user does sooner or later: another apply, which sweeps too. */
async function settle(scene: Scene): Promise<void> {
  const workspace = scene.open();
  await apply(workspace);
  for (const name of workspace.repositoryNames()) {
    const options = { dryRun: false, lockTimeoutMs: 0 };
    await workspace.repositoryPrune(name, options).catch(ignoreMissing);
  }
  await workspace.close();
}

/** A scenario without repository has none that could be pruned. */
function ignoreMissing(error: unknown): void {
  if ((error as { readonly code?: string }).code !== "not-found") throw error;
}

/** How one interrupted run went on. */
export interface Cut {
  readonly facts: Facts;
  readonly leftovers: readonly string[];
  /** How the command ended that the cut hit; null when its process died. */
  readonly ended: string | null;
  readonly at: string;
}

/** Interrupts the command at operation `cutAt`, and then simply does it again. */
export async function runCut(
  scenario: Scenario,
  past: Scene,
  cut: { readonly cutAt: number; readonly kind: CutKind },
  broken: Pick<OpenOptions, "wrapStore"> = {},
): Promise<Cut> {
  const scene = await copyOf(past);
  try {
    const seam = new Seam({ ...cut, countsReads: cut.kind === "error" });
    const ended = await interrupted(scenario, scene, scene.open({ seam, ...broken }), seam);
    const again = scene.open();
    await scenario.command(again, scene);
    await again.close();
    await settle(scene);
    const at = seam.log[cut.cutAt - 1] ?? "nowhere";
    return { facts: await factsOf(scene), leftovers: await leftoversOf(scene), ended, at };
  } finally {
    await scene.close();
  }
}

async function interrupted(
  scenario: Scenario,
  scene: Scene,
  workspace: Workspace,
  seam: Seam,
): Promise<string | null> {
  const command = scenario.command(workspace, scene).then(
    (result) => (typeof result === "string" ? result : "done"),
    (error: unknown) => (error as { readonly code?: string }).code ?? String(error),
  );
  const died = seam.died.then(() => null);
  const ended = await Promise.race([command, died]);
  await seam.quiet();
  if (ended !== null) await workspace.close();
  // Either way its process is over when the next one begins.
  for (const world of scene.worlds.values()) world.crash();
  scene.endAll();
  await bury(scene.root);
  return ended;
}
