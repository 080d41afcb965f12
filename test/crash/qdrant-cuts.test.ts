import { afterAll, describe, expect, it } from "vitest";
import {
  startFakeQdrant,
  type FakeQdrant,
  type FakeQdrantOptions,
} from "../../src/testing/qdrant/fake-qdrant.ts";
import { ask, makeCollection, writePoints } from "../golden/cli/qdrant-stage.ts";
import { bury } from "./bury.ts";
import { leftoversOf } from "./facts.ts";
import { Scene } from "./scene.ts";
import { apply } from "./scenarios.ts";
import { Seam, type CutKind } from "./seam.ts";
import { TestClock } from "./test-clock.ts";

const seed = Number(process.env["SNAPFORM_SEED"] ?? Date.now() % 1_000_000);
console.info(`SNAPFORM_SEED=${seed}`);
/** At most so many cuts at requests that change something, and half as many at other operations. */
const LIMIT = Number(process.env["SNAPFORM_CUTS"] ?? 7);

const DAY_MS = 24 * 3_600_000;
const START = "2026-03-10T12:00:00Z";

let cutCount = 0;
afterAll(() => console.info(`${cutCount} cuts were made`));

const base = (urls: readonly string[], more = ""): string => `version: 1
project: project
state: { path: ./state }
clusters: { prod: { engine: qdrant, nodes: ${JSON.stringify(urls)} } }
repositories: { vault: { type: filesystem, path: ./vault } }
policies:
  nightly:
    cluster: prod
    collections: ["docs"]
    schedule: { cron: "0 2 * * *" }
    retention: { last: 2 }
    repository: vault
    keepOnCluster: 1
${more}`;
const restoreTo = (to: string): string => `restores:
  back: { from: { policy: nightly, collection: docs, at: latest }, to: { cluster: prod, ${to} } }
`;

interface Story {
  readonly title: string;
  readonly fake: FakeQdrantOptions;
  /** Nights before, each with other data. */
  readonly nights: number;
  /** What the configuration says besides the policy. */
  readonly more: string;
}

const stories: readonly Story[] = [
  { title: "a night of a policy", fake: {}, nights: 3, more: "" },
  { title: "a night on an object store", fake: { storage: "s3" }, nights: 3, more: "" },
  { title: "a restore into a new collection", fake: {}, nights: 1, more: "collection: again" },
  {
    title: "a restore over a live collection",
    fake: {},
    nights: 1,
    more: "collection: docs, ifExists: replace",
  },
];

interface Past {
  readonly scene: Scene;
  readonly fake: FakeQdrant;
  close(): Promise<void>;
}

/** Made anew for each cut: servers cannot be copied. */
async function past({ fake: options, nights, more }: Story): Promise<Past> {
  const clock = new TestClock(START);
  const peerIds = ["1001", "1002", "1003"];
  const fake = await startFakeQdrant({ clock, peerIds, ...options });
  await makeCollection(fake, "docs", 30);
  const scene = await Scene.make(base(fake.urls), {}, clock);
  for (let night = 1; night <= nights; night += 1) {
    const workspace = scene.open();
    expect(await apply(workspace)).toBe("done");
    await workspace.close();
    scene.endAll();
    await writePoints(fake, "docs", 30, night);
    // A restore is asked for on the same day: nothing else is due then.
    clock.advance(more === "" ? DAY_MS : 60_000);
  }
  if (more !== "") scene.yaml = base(fake.urls, restoreTo(more));
  const close = async (): Promise<void> => {
    await scene.close();
    await fake.close();
  };
  return { scene, fake, close };
}

/** What can be seen of the servers and the vault, without the names that differ between two runs. */
async function factsOf({ scene, fake }: Past) {
  const files = await Promise.all(fake.nodes.map((node) => node.files()));
  const { collections } = (await ask(fake, "GET", "/collections")) as {
    readonly collections: readonly { readonly name: string }[];
  };
  const { aliases } = (await ask(fake, "GET", "/aliases")) as { readonly aliases: unknown };
  const workspace = scene.open();
  const { snapshots, trash } = await workspace.observe();
  const { plan } = await workspace.plan({});
  const state = await workspace.readState();
  await workspace.close();
  scene.endAll();
  // One that was begun before the cut is finished, and what is there now is saved once more.
  const saved = snapshots.filter(({ owner }) => owner?.address === "restore.back").length;
  const repository = await scene.repository("vault");
  const idle = { signal: new AbortController().signal, progress: () => undefined };
  const { damage } = await repository.check({ readData: true }, idle);
  return {
    files: files.map(
      (all) => all.filter((path) => path.endsWith(".snapshot")).length - Math.max(0, saved - 1),
    ),
    others: files.flat().filter((path) => !/\.snapshot(\.checksum)?$/.test(path)),
    collections: collections
      .map(
        ({ name }) => `${name}: ${JSON.stringify(fake.points(name)?.map((each) => each.payload))}`,
      )
      .toSorted(),
    aliases,
    snapshots: new Set(
      snapshots
        .map(({ copies, owner, scheduledFor, points }) => {
          const places = copies.map((copy) => `${copy.place} ${copy.status}`).toSorted();
          return `${owner?.address} ${scheduledFor} ${points?.after}: ${places.join(", ")}`;
        })
        .toSorted(),
    ),
    trash: trash.length,
    restores: Object.values(state?.restores ?? {}).map(({ collection }) => collection),
    planned: plan.actions.map(({ kind }) => kind),
    damage,
  };
}

/** Does it with a cut, then simply again. */
async function run(story: Story, cutAt: number, kind: CutKind) {
  const world = await past(story);
  const { scene, fake } = world;
  try {
    const seam = new Seam({ cutAt, kind });
    const first = scene.open({ seam });
    const command = apply(first).then(
      (exit) => exit,
      (error: unknown) => (error as { readonly code?: string }).code ?? String(error),
    );
    const ended = await Promise.race([command, seam.died.then(() => null)]);
    await seam.quiet();
    if (ended !== null) await first.close();
    await fake.idle();
    scene.endAll();
    await bury(scene.root);
    for (let round = 0; round < 2; round += 1) {
      const again = scene.open();
      const exit = await apply(again);
      expect(exit, `after ${ended}`).toBe("done");
      await again.repositoryPrune("vault", { dryRun: false, lockTimeoutMs: 0 });
      await again.close();
      scene.endAll();
    }
    return { log: seam.log, facts: await factsOf(world), leftovers: await leftoversOf(scene) };
  } finally {
    await world.close();
  }
}

/** Every n-th request that changes something, and fewer of the other operations. */
function chosen(log: readonly string[]): readonly number[] {
  const places = log.map((_, index) => index + 1);
  const isRequest = (at: number): boolean => log[at - 1]?.startsWith("prod.") ?? false;
  const some = (of: readonly number[], count: number): readonly number[] => {
    const stride = Math.max(1, Math.ceil(of.length / count));
    return of.filter((_, index) => index % stride === seed % stride);
  };
  return [
    ...some(places.filter(isRequest), LIMIT),
    ...some(
      places.filter((at) => !isRequest(at)),
      LIMIT / 2,
    ),
  ];
}

describe.each(stories)("$title of Qdrant", (story) => {
  it.each<CutKind>(["death", "error"])(
    "ends the same wherever its %s falls",
    { timeout: 300_000 },
    async (kind) => {
      const uncut = await run(story, Infinity, kind);
      expect(uncut.leftovers).toEqual([]);
      expect(uncut.facts).toMatchObject({ planned: [], damage: [], aliases: [], others: [] });
      expect(uncut.log.filter((name) => name.startsWith("prod.")).length).toBeGreaterThan(5);
      for (const cutAt of chosen(uncut.log)) {
        const name = uncut.log[cutAt - 1];
        const where = `${kind} at ${cutAt} of ${uncut.log.length} (${name}), SNAPFORM_SEED=${seed}`;
        const cut = await run(story, cutAt, kind).catch((error: unknown) => {
          throw new Error(`${where}: ${String(error)}`, { cause: error });
        });
        expect(cut.leftovers, where).toEqual([]);
        expect(cut.facts, where).toEqual(uncut.facts);
        cutCount += 1;
      }
    },
  );
});
