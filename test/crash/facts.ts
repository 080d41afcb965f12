import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { contentHash } from "../../src/engines/memory/content.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import type { Scene } from "./scene.ts";

/** What can be seen of a scene from outside, without the names that differ between two runs. */
export interface Facts {
  readonly snapshots: readonly string[];
  readonly trash: readonly string[];
  readonly collections: readonly string[];
  readonly aliases: readonly string[];
  readonly records: readonly string[];
  readonly taken: readonly string[];
  readonly restores: readonly string[];
  readonly runs: readonly string[];
}

function digest(snapshot: Snapshot, hashOf: ReadonlyMap<string, string>): string {
  const { cluster, collection, scheduledFor, pinned, owner } = snapshot;
  const copies = snapshot.copies.map((copy) => `${copy.place}:${copy.status}`).sort();
  const what = hashOf.get(snapshot.id) ?? "?";
  const whose = `${owner?.project}/${owner?.address}`;
  const flags = pinned ? " pinned" : "";
  const name = `${cluster}/${collection} for ${scheduledFor} of ${whose}`;
  return `${name} holds ${what} in ${copies.join("+")}${flags}`;
}

/** The contents of every snapshot by its id: of those in repositories each byte is read. */
async function contents(scene: Scene): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  const state = await scene.store().read();
  for (const world of scene.worlds.values()) {
    for (const snapshot of world.snapshots) {
      const points = new Map([...snapshot.parts.values()].flatMap((part) => [...part]));
      const record = Object.values(state?.snapshots ?? {}).find(
        (each) => each.native?.key === snapshot.name && each.collection === snapshot.collection,
      );
      const id = snapshot.id ?? record?.id ?? `native:${snapshot.name}`;
      hashes.set(id, contentHash(points).slice(0, 8));
    }
  }
  for (const { name, path } of scene.desired().repositories) {
    if (!(await readdir(path).catch((): string[] => [])).includes("repository.json")) continue;
    const repository = await scene.repository(name);
    const { damage } = await repository.check({ readData: true }, idle());
    if (damage.length > 0) throw new Error(`damage: ${JSON.stringify(damage)}`);
    for (const { manifest } of (await repository.list()).snapshots) {
      const known = (manifest.details as { readonly contentHash?: string }).contentHash;
      const files = manifest.parts.flatMap((part) => part.files.map((file) => file.hash));
      hashes.set(manifest.id, (known ?? String(files.length)).slice(0, 8));
    }
  }
  return hashes;
}

function idle(): { readonly signal: AbortSignal; progress(): void } {
  return { signal: new AbortController().signal, progress: () => undefined };
}

export async function factsOf(scene: Scene): Promise<Facts> {
  const workspace = scene.open();
  const state = await workspace.readState();
  const inventory = await workspace.observe();
  const hashes = await contents(scene);
  await workspace.close();
  const collections = inventory.clusters.flatMap(({ name, collections: all }) =>
    all.map((each) => {
      const live = scene.worlds.get(name)?.collections.get(each.name);
      const what = live ? contentHash(live.points).slice(0, 8) : `${each.points} points`;
      return `${name}/${each.name} holds ${what}`;
    }),
  );
  const aliases = [...scene.worlds].flatMap(([name, world]) =>
    [...world.aliases].map(([alias, target]) => `${name}/${alias} > ${target}`),
  );
  const records = Object.values(state?.snapshots ?? {});
  return {
    snapshots: inventory.snapshots.map((each) => digest(each, hashes)).sort(),
    trash: inventory.trash.map((each) => `${each.cluster}/${each.collection}`).sort(),
    collections: collections.sort(),
    aliases: aliases.sort(),
    records: records
      .map((each) => `${each.address} ${each.collection} ${each.scheduledFor} ${each.pinned}`)
      .sort(),
    taken: Object.keys(state?.taken ?? {}).sort(),
    restores: Object.values(state?.restores ?? {})
      .map((each) => `${each.address} into ${each.cluster}/${each.collection} ${each.check}`)
      .sort(),
    runs: Object.entries(state?.runs ?? {})
      .map(([address, run]) => `${address} ${run.scheduledFor} ${run.status}`)
      .sort(),
  };
}

/** What must never be left behind, whatever happened; a line for each thing. */
export async function leftoversOf(scene: Scene): Promise<string[]> {
  const left: string[] = [];
  const workspace = scene.open();
  const state = await workspace.readState();
  const { snapshots } = await workspace.observe();
  await workspace.close();
  const ids = new Set(snapshots.map((snapshot) => snapshot.id));
  const records = Object.keys(state?.snapshots ?? {});
  left.push(...Object.keys(state?.intents ?? {}).map((id) => `intent ${id}`));
  left.push(...records.filter((id) => !ids.has(id)).map((id) => `record without snapshot ${id}`));
  for (const { id, owner, copies } of snapshots) {
    const isOurs = owner?.project === "project";
    if (owner === null) left.push(`snapshot of nobody ${id}`);
    if (isOurs && !state?.snapshots[id]) left.push(`snapshot without record ${id}`);
    for (const { place, status } of copies)
      if (status !== "complete") left.push(`${status} ${id} ${place}`);
  }
  if ((await scene.store().holder()) !== null) left.push("the lock");
  for (const [name, world] of scene.worlds) {
    left.push(...world.leftovers().map((each) => `${name}: ${each}`));
  }
  for (const { name, path } of scene.desired().repositories) {
    const staging = await readdir(join(path, "staging")).catch((): string[] => []);
    // What making a repository leaves behind names no process; it goes when it is a day old.
    const told = staging.filter((each) => !each.startsWith("."));
    left.push(...told.map((each) => `${name}: staging ${each}`));
  }
  for (const { name, uri } of scene.desired().clusters) {
    if (uri === null || scene.worlds.has(name)) continue;
    const staging = join(uri, ".snapform-staging");
    for (const each of await readdir(staging).catch((): string[] => [])) {
      if (each.endsWith(".json")) continue;
      // A folder that says nothing of its process holds nothing yet; it goes when it is a day old.
      const inside = await readdir(join(staging, each));
      if (inside.length > 0) left.push(`${name}: ${each}`);
    }
  }
  return left;
}
