import { onTestFinished } from "vitest";
import type { MemoryFlavour } from "../../../src/engines/memory/capabilities.ts";
import { MemoryWorld } from "../../../src/engines/memory/world.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Applied, ApplyRequest, Workspace } from "../../../src/workspace/workspace.ts";
import { pointsOf } from "../../crash/points.ts";
import { Scene, type OpenOptions } from "../../crash/scene.ts";
import { TestClock } from "../../crash/test-clock.ts";

export const DAY_MS: number = 24 * 3_600_000;

export function yamlOf(more = "", last = 2): string {
  return `version: 1
project: project
state: { path: ./state }
clusters:
  prod: { engine: qdrant, nodes: [https://node.example:6333] }
  side: { engine: qdrant, nodes: [https://side.example:6333] }
repositories: { vault: { type: filesystem, path: ./vault } }
policies:
  nightly:
    cluster: prod
    collections: ["docs"]
    schedule: { cron: "0 2 * * *" }
    retention: { last: ${last} }
    repository: vault
  aside:
    cluster: side
    collections: ["mail"]
    schedule: { cron: "0 2 * * *" }
    retention: { last: 2 }
    repository: vault
${more}`;
}

export const restoreTo = (to: string): string => `restores:
  back: { from: { policy: nightly, collection: docs, at: latest }, to: { cluster: prod, ${to} } }
`;

/** Two clusters in memory, a repository and a state in a folder that goes with the test. */
export class Stage {
  readonly scene: Scene;
  readonly prod: MemoryWorld;
  readonly side: MemoryWorld;

  private constructor(scene: Scene, prod: MemoryWorld, side: MemoryWorld) {
    this.scene = scene;
    this.prod = prod;
    this.side = side;
  }

  static async begin(flavour: Partial<MemoryFlavour> = { create: "capture" }): Promise<Stage> {
    const prod = new MemoryWorld(flavour, "prod-identity");
    const side = new MemoryWorld(flavour, "side-identity");
    prod.createCollection("docs", pointsOf(0, 6));
    side.createCollection("mail", pointsOf(100, 3));
    const clock = new TestClock("2026-03-10T12:00:00Z");
    const scene = await Scene.make(yamlOf(), { prod, side }, clock);
    onTestFinished(() => scene.close());
    return new Stage(scene, prod, side);
  }

  /** Does something in a process of its own. */
  async use<T>(work: (workspace: Workspace) => Promise<T>, options: OpenOptions = {}): Promise<T> {
    const workspace = this.scene.open(options);
    try {
      return await work(workspace);
    } finally {
      await workspace.close();
      this.scene.endAll();
    }
  }

  apply(request: Partial<ApplyRequest> = {}, options: OpenOptions = {}): Promise<Applied> {
    return this.use(
      (workspace) =>
        workspace.apply({
          lockTimeoutMs: 0,
          approve: () => Promise.resolve(true),
          onEvent: () => undefined,
          ...request,
        }),
      options,
    );
  }

  plan(): Promise<Plan> {
    return this.use(async (workspace) => (await workspace.plan({})).plan);
  }

  /** Applies every night, with other data each. */
  async nights(count: number): Promise<void> {
    for (let night = 1; night <= count; night += 1) {
      await this.apply();
      this.prod.write("docs", pointsOf(0, 6, night));
      this.scene.clock.advance(DAY_MS);
    }
  }

  ids(): Promise<string[]> {
    return this.use(async (workspace) => {
      const { snapshots } = await workspace.observe();
      return snapshots.map(({ id }) => id).sort();
    });
  }

  readState() {
    return this.scene.store().read();
  }
}
