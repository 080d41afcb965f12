import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import {
  memoryCapabilities,
  type MemoryFlavour,
} from "../../../../src/engines/memory/capabilities.ts";
import { openMemoryDriver } from "../../../../src/engines/memory/driver.ts";
import { MemoryWorld } from "../../../../src/engines/memory/world.ts";
import {
  observeFilesystemRepository,
  openFilesystemRepository,
} from "../../../../src/repository/filesystem/index.ts";
import type { EngineDriver, RestoreRequest } from "../../../../src/engine/driver.ts";
import { snapformProvider } from "../../../../src/terraform/provider.ts";
import type { ResourceSources } from "../../../../src/workspace/resources.ts";
import { pointsOf } from "../../../crash/points.ts";
import { TestClock } from "../../../crash/test-clock.ts";
import { MiniTerraform, type Plain, type PlannedChange, type Said } from "./mini-terraform.ts";

export const POLICY = "snapform_backup_policy.nightly";
export const DAY_MS: number = 24 * 3_600_000;

export const policy = (more: Plain = {}): Plain => ({
  name: "nightly",
  cluster: "prod",
  collections: ["*"],
  schedule: { cron: "0 2 * * *" },
  retention: { last: "2" },
  repository: "vault",
  ...more,
});

export interface StageOptions {
  readonly flavour?: Partial<MemoryFlavour>;
  /** Stands around the driver of every cluster. */
  readonly wrap?: (driver: EngineDriver, cluster: string) => EngineDriver;
  readonly provider?: Plain;
}

/** Two clusters in memory, a repository and a state in a folder, and a Terraform over them. */
export class Stage {
  readonly folder: string;
  readonly clock: TestClock;
  readonly prod: MemoryWorld;
  readonly side: MemoryWorld;
  readonly terraform: MiniTerraform;
  /** How often the clusters were looked at. */
  looks = 0;
  readonly #sources: ResourceSources;

  private constructor(folder: string, options: StageOptions) {
    this.folder = folder;
    this.clock = new TestClock("2026-03-10T12:00:00Z");
    const flavour = { create: "capture", ...options.flavour } as const;
    this.prod = new MemoryWorld(flavour, "prod-identity");
    this.side = new MemoryWorld(flavour, "side-identity");
    this.prod.createCollection("docs", pointsOf(0, 6));
    this.prod.createCollection("images", pointsOf(0, 4));
    this.#sources = this.#sourcesOf(options);
    const definition = snapformProvider({
      env: {},
      directory: folder,
      sources: this.#sources,
    });
    this.terraform = new MiniTerraform(definition as never, this.clock, {
      ...this.provider(),
      ...options.provider,
    });
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), "snapform-terraform-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return new Stage(folder, options);
  }

  provider(): Plain {
    const cluster = (name: string): Plain => ({
      engine: "qdrant",
      nodes: [{ url: `https://${name}.example:6333` }],
    });
    return {
      project: "project",
      clusters: { prod: cluster("prod"), side: cluster("side") },
      repositories: { vault: { type: "filesystem", path: "./vault" } },
    };
  }

  #sourcesOf({ wrap = (driver) => driver }: StageOptions): ResourceSources {
    return {
      openDriver: async (cluster) => {
        const world = this.#worldOf(cluster.name);
        const step = (): Promise<void> => Promise.resolve();
        const driver = openMemoryDriver({ world, clock: this.clock, step });
        const observe: EngineDriver["observe"] = (context) => {
          this.looks += 1;
          return driver.observe(context);
        };
        const capabilities = { ...driver.capabilities, engine: "qdrant" };
        const restore: EngineDriver["restore"] = (request, context) =>
          driver.restore({ ...request, source: ofMemory(request.source) }, context);
        const posing = { ...driver, engine: "qdrant", capabilities, observe, restore };
        return wrap(posing, cluster.name);
      },
      capabilitiesOf: (cluster) => {
        const { flavour } = this.#worldOf(cluster.name);
        return { ...memoryCapabilities(flavour), engine: "qdrant" };
      },
      openRepository: openFilesystemRepository,
      observeRepository: observeFilesystemRepository,
    };
  }

  #worldOf(name: string): MemoryWorld {
    return name === "side" ? this.side : this.prod;
  }

  /** Refreshes and plans, as `terraform plan` does. */
  async plan(address: string, config: Plain | null): Promise<PlannedChange> {
    await this.terraform.begin();
    const seen = await this.terraform.refresh(address);
    const change = await this.terraform.plan(address, config);
    return { ...change, said: [...seen, ...change.said] };
  }

  /** Plans and applies, then makes sure that a second plan has nothing to do. */
  async apply(address: string, config: Plain | null): Promise<Done> {
    const change = await this.plan(address, config);
    const refused = change.said.filter(({ severity }) => severity === "error");
    if (refused.length > 0) return { change, said: refused };
    const said = await this.carryOut(address, config, change);
    if (this.terraform.objects.has(address) && config !== null) {
      const second = await this.plan(address, config);
      if (said.every(({ severity }) => severity !== "error")) expect(second.action).toBe("no-op");
    }
    return { change, said };
  }

  /** What a saved plan does, in a process of its own. */
  async carryOut(
    address: string,
    config: Plain | null,
    change: PlannedChange,
  ): Promise<readonly Said[]> {
    await this.terraform.begin();
    return this.terraform.apply(address, config, change);
  }

  days(count: number): void {
    this.clock.advance(count * DAY_MS);
  }

  changes(address = POLICY): readonly string[] {
    return this.terraform.attributes(address)["changes"] as readonly string[];
  }

  status(address = POLICY): unknown {
    return this.terraform.attributes(address)["status"];
  }
}

/** The made-up engine poses as another one, and has to know its own snapshots all the same. */
function ofMemory(source: RestoreRequest["source"]): RestoreRequest["source"] {
  if (source.kind === "native") return source;
  const { reader } = source;
  return {
    kind: "repository",
    reader: {
      manifest: { ...reader.manifest, engine: "memory" },
      open: (file, signal) => reader.open(file, signal),
      materialize: (...given) => reader.materialize(...given),
    },
  };
}

export interface Done {
  readonly change: PlannedChange;
  readonly said: readonly Said[];
}
