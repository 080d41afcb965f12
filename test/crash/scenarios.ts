import type { MemoryFlavour } from "../../src/engines/memory/capabilities.ts";
import type { MemoryWorld } from "../../src/engines/memory/world.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { pointsOf } from "./points.ts";
import type { Scene } from "./scene.ts";

const DAY_MS = 24 * 3_600_000;

/** A past, and a command that is carried out on it and interrupted. */
export interface Scenario {
  readonly title: string;
  readonly yaml: string;
  readonly flavour: Partial<MemoryFlavour>;
  /** What happened before. */
  readonly past?: (scene: Scene) => Promise<void>;
  /** What is done; must be what a user would simply do again. */
  readonly command: (workspace: Workspace, scene: Scene) => Promise<unknown>;
}

/** Plans, acknowledges what is dangerous, and applies. */
export async function apply(workspace: Workspace, force: readonly string[] = []): Promise<string> {
  const { plan } = await workspace.plan({ force });
  const { result } = await workspace.apply({
    options: { force },
    ...(plan.acknowledge === null ? {} : { acknowledge: plan.acknowledge }),
    lockTimeoutMs: 0,
    approve: () => Promise.resolve(true),
    onEvent: () => undefined,
  });
  return result?.exit ?? "declined";
}

/** An apply of an uninterrupted past; anything but success is a mistake of the scenario. */
async function done(scene: Scene): Promise<void> {
  const workspace = scene.open();
  const exit = await apply(workspace);
  await workspace.close();
  if (exit !== "done") throw new Error(`the past did not happen: ${exit}`);
}

function head(rest: string): string {
  return `version: 1
project: project
state: { path: ./state }
clusters: { prod: { engine: qdrant, nodes: [https://node.example:6333] } }
repositories: { vault: { type: filesystem, path: ./vault } }
${rest}`;
}

const nightly = (more = ""): string => `policies:
  nightly:
    cluster: prod
    collections: ["*"]
    schedule: { cron: "0 2 * * *" }
    retention: { last: 2 }
    repository: vault
${more}`;

const restoreOf = (to: string): string => `restores:
  back: { from: { policy: nightly, collection: docs, at: latest }, to: { cluster: prod, ${to} } }
`;

const none = (more: string): string => `policies: {}\n${more}`;
const capture: Partial<MemoryFlavour> = { create: "capture" };
const native: Partial<MemoryFlavour> = { create: "native", parts: 2 };
const unnamed: Partial<MemoryFlavour> = { ...native, serverNames: true };

/** Three nights, each with other data. */
async function nights(scene: Scene): Promise<void> {
  for (let night = 1; night <= 3; night += 1) {
    await done(scene);
    const world = scene.worlds.get("prod") as MemoryWorld;
    world.write("docs", pointsOf(0, 6, night));
    scene.clock.advance(DAY_MS);
  }
}

async function oneNight(scene: Scene): Promise<void> {
  await done(scene);
  (scene.worlds.get("prod") as MemoryWorld).write("docs", pointsOf(0, 6, 1));
}

function scheduled(title: string, flavour: Partial<MemoryFlavour>): Scenario {
  return {
    title,
    flavour,
    yaml: head(nightly()),
    past: nights,
    command: (workspace) => apply(workspace),
  };
}

function restoring(
  title: string,
  to: string,
  flavour: Partial<MemoryFlavour>,
  past: (scene: Scene) => Promise<void> = oneNight,
): Scenario {
  return {
    title,
    flavour,
    yaml: head(nightly()),
    past: async (scene) => {
      await past(scene);
      scene.yaml = head(nightly(restoreOf(to)));
    },
    command: (workspace) => apply(workspace),
  };
}

export const scenarios: readonly Scenario[] = [
  {
    title: "the first snapshot",
    yaml: head(nightly()),
    flavour: capture,
    command: (workspace) => apply(workspace),
  },
  scheduled("a scheduled run that expires", capture),
  scheduled("a scheduled run with a copy out of the cluster", native),
  scheduled("a scheduled run where the server chooses the names", unnamed),
  {
    title: "a native run that keeps nothing on the cluster",
    yaml: head(nightly("    keepOnCluster: 0\n")),
    flavour: unnamed,
    past: nights,
    command: (workspace) => apply(workspace),
  },
  {
    title: "a named snapshot",
    yaml: head("snapshots: { before: { cluster: prod, collection: docs, repository: vault } }\n"),
    flavour: capture,
    command: (workspace) => apply(workspace),
  },
  {
    title: "a named snapshot on a cluster that chooses the names",
    yaml: head("snapshots: { before: { cluster: prod, collection: docs } }\n"),
    flavour: unnamed,
    command: (workspace) => apply(workspace),
  },
  restoring("a restore into a new collection", "collection: again", capture),
  restoring("a native restore into a new collection", "collection: again", native),
  restoring("a restore in place", "collection: docs, ifExists: replace", capture),
  restoring(
    "a restore that replaces another collection",
    "collection: other, ifExists: replace",
    { ...capture, inPlace: false },
    async (scene) => {
      await oneNight(scene);
      (scene.worlds.get("prod") as MemoryWorld).createCollection("other", pointsOf(50, 4));
      await done(scene);
    },
  ),
  restoring("a restore behind an alias", "collection: again, ifExists: alias, alias: live", native),
  {
    title: "a policy that is removed with its snapshots",
    yaml: head(nightly()),
    flavour: capture,
    past: async (scene) => {
      await nights(scene);
      scene.yaml = head(none("removed: { policy.nightly: { deleteSnapshots: true } }\n"));
    },
    command: (workspace) => apply(workspace),
  },
  {
    title: "an undelete",
    yaml: head(nightly()),
    flavour: capture,
    past: async (scene) => {
      await nights(scene);
      await done(scene);
    },
    command: async (workspace, scene) => {
      const repository = await scene.repository("vault");
      const { trash, snapshots } = await repository.list();
      const ids = [...trash.map((each) => each.id), ...snapshots.map((each) => each.manifest.id)];
      const [oldest = ""] = ids.sort();
      await workspace.undelete(oldest, 0);
    },
  },
  {
    title: "a purge",
    yaml: head(nightly()),
    flavour: unnamed,
    past: async (scene) => {
      await nights(scene);
      scene.yaml = head(none(""));
    },
    command: (workspace) =>
      workspace.purge("prod", "docs", { confirm: "prod/docs", lockTimeoutMs: 0 }),
  },
  {
    title: "an adoption from the repository after the state was lost",
    yaml: head(nightly()),
    flavour: capture,
    past: async (scene) => {
      await nights(scene);
      await scene.loseState();
    },
    command: (workspace) =>
      workspace.adopt({ ids: [], fromRepository: true, dryRun: false, lockTimeoutMs: 0 }),
  },
  {
    title: "two policies on four collections at once",
    yaml: head(
      nightly(`  hourly:
    cluster: prod
    collections: ["a*", "b"]
    schedule: { cron: "0 * * * *" }
    retention: { last: 1 }
    repository: vault
`),
    ),
    flavour: capture,
    past: async (scene) => {
      const world = scene.worlds.get("prod") as MemoryWorld;
      for (const name of ["a1", "a2", "b"]) world.createCollection(name, pointsOf(0, 3));
      await nights(scene);
    },
    command: (workspace) => apply(workspace),
  },
];
