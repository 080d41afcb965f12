// Restores of Qdrant snapshots: what cannot work is an error of the plan, and a live collection is
// overwritten only after all else has gone well.
import { describe, expect, test } from "vitest";
import {
  ask,
  makeCollection,
  openQdrantStage,
  openServers,
  type QdrantStage,
  writePoints,
} from "./qdrant-stage.ts";
import { hashIn, plain } from "./stage.ts";

const back = "restore --policy nightly --collection docs --yes";
const replacing = `${back} --if-exists replace`;

describe.concurrent("a restore that cannot work", () => {
  test("because of versions is an error of the plan that says which server is too old or new", async () => {
    const scene = await openQdrantStage({ version: "1.17.3" });
    const targets = {
      older: await openServers({ version: "1.16.9" }),
      next: await openServers({ version: "1.18.0" }),
      newer: await openServers({ version: "1.19.0" }),
    };
    const clusters = Object.entries(targets)
      .map(([name, fake]) => `  ${name}: { engine: qdrant, nodes: ${JSON.stringify(fake.urls)} }`)
      .join("\n");
    scene.configure({ clusters });
    await scene.done("apply --yes");
    for (const [name, why] of [
      ["older", "runs 1.16.9; a snapshot never fits an older server; upgrade the target"],
      ["newer", "runs 1.19.0; upgrade step by step: restore into a server of that version"],
    ]) {
      const ended = await scene.snapform(`${back} --to ${name}/docs`);
      expect(ended.status).toBe(3);
      const told = plain(ended.stdout);
      expect(told).toContain("the snapshot was made by version 1.17.3, and 127.0.0.1:");
      expect(told).toContain(why);
    }
    await scene.done(`${back} --to next/docs`);
    expect(targets.next.points("docs")).toEqual(scene.fake.points("docs"));
    for (const fake of [targets.older, targets.newer]) {
      expect(fake.requests.every(({ method }) => method === "GET")).toBe(true);
    }
  });

  test("because versions are mixed waits for the end of the upgrade; snapshots do not", async () => {
    const scene = await openQdrantStage({ version: ["1.18.0", "1.17.2", "1.18.0"] });
    const done = await scene.done("apply --yes");
    expect(done).toContain("the nodes of cluster prod run different versions: 1.17.2, 1.18.0");
    expect(done).toContain("Done: 1 created, 1 copied");
    const before = await scene.disks();
    const ended = await scene.snapform(`${back} --to prod/again`);
    expect([ended.status, plain(ended.stdout)]).toEqual([
      3,
      expect.stringContaining("(1.17.2, 1.18.0); finish the upgrade first (failed-precondition)"),
    ]);
    expect([await scene.disks(), scene.fake.points("again")]).toEqual([before, null]);
  });

  test("because the target is another kind of collection leaves it as it is", async () => {
    const scene = await openQdrantStage();
    await scene.done("apply --yes");
    await makeCollection(scene.fake, "wide", 0, { vectors: { size: 8, distance: "Dot" } }).catch(
      () => undefined,
    );
    await makeCollection(scene.fake, "more", 10, { shard_number: 6 });
    await ask(scene.fake, "POST", "/collections/aliases", {
      actions: [{ create_alias: { collection_name: "docs", alias_name: "live" } }],
    });
    const before = await scene.disks();
    for (const [name, why] of [
      ["wide", "the vectors of the snapshot and of collection wide are configured differently"],
      ["more", "the snapshot has 3 shards and collection more has 6"],
      ["live", "live is an alias of collection docs on cluster prod; name the collection itself"],
    ]) {
      const ended = await scene.snapform(`${replacing} --to prod/${name}`);
      expect([ended.status, plain(ended.stdout)]).toEqual([3, expect.stringContaining(why ?? "")]);
    }
    expect(await scene.disks()).toEqual(before);
    expect(
      [scene.fake.points("more"), scene.fake.points("wide")].map((all) => all?.length),
    ).toEqual([10, 0]);
  });

  test("because a server that stands alone takes no part of a cluster says what to do", async () => {
    const scene = await openQdrantStage();
    const alone = await openServers({ nodes: 1 });
    scene.configure({ clusters: `  alone: { engine: qdrant, nodes: ["${alone.urls[0]}"] }` });
    await scene.done("apply --yes");
    const ended = await scene.snapform(`${back} --to alone/docs`);
    expect([ended.status, plain(ended.stdout)]).toEqual([
      3,
      expect.stringMatching(/a standalone server takes a snapshot only whole; restore it into a/),
    ]);
    expect(alone.points("docs")).toBeNull();
  });

  test("because of custom shard keys says in which order to make them first", async () => {
    const scene = await openQdrantStage({}, { collections: "[keyed]" });
    const vectors = { size: 4, distance: "Dot" };
    const shape = { vectors, shard_number: 1, sharding_method: "custom" };
    await ask(scene.fake, "PUT", "/collections/keyed", shape);
    for (const shard_key of ["berlin", "amsterdam"]) {
      await ask(scene.fake, "PUT", "/collections/keyed/shards", { shard_key });
    }
    await scene.done("apply --yes");
    const line = "restore --policy nightly --collection keyed --yes --to prod/again";
    const ended = await scene.snapform(line);
    expect([ended.status, plain(ended.stdout)]).toEqual([
      3,
      expect.stringContaining('then its shard keys in this order: "berlin", "amsterdam"'),
    ]);
    expect(scene.fake.points("again")).toBeNull();
  });

  test("because Qdrant refuses the name is an error of the plan, and nothing is sent", async () => {
    const scene = await openQdrantStage();
    await scene.done("apply --yes");
    const before = await scene.disks();
    const requestCount = scene.fake.requests.length;
    for (const name of ["a:b", "a*b", "..", "x".repeat(256)]) {
      const ended = await scene.snapform(`${back} --to prod/${name}`);
      expect([ended.status, plain(ended.stdout)]).toEqual([
        3,
        expect.stringMatching(/cannot restore into a collection of the name .*invalid-argument/),
      ]);
      expect(ended.stdout).toContain("Nothing could be done.");
    }
    expect(await scene.disks()).toEqual(before);
    const sent = scene.fake.requests.slice(requestCount);
    const changing = sent.filter(
      ({ method, path }) => method !== "GET" && !path.endsWith("/count"),
    );
    expect(changing).toEqual([]);
  });
});

describe.concurrent("a restore over a live collection", () => {
  test("saves what is there, checks beside it, and tells that it takes twice the disk", async () => {
    const scene = await openQdrantStage();
    await scene.done("apply --yes");
    const expected = scene.fake.points("docs");
    await writePoints(scene.fake, "docs", 70, 9);
    const changed = scene.fake.points("docs");
    const held = await scene.snapform(replacing);
    expect(held.status).toBe(3);
    const told = plain(held.stdout);
    expect(told).toContain("so it needs about twice its size of free disk");
    expect(told).toContain(
      "until the last one is done, readers see old and new points side by side",
    );
    expect([scene.fake.points("docs"), await scene.counts()]).toEqual([changed, [1, 1, 1]]);

    const done = await scene.done(`${replacing} --acknowledge ${hashIn(held)}`);
    expect(done).toContain("It was restored beside the target first, and checked there");
    expect(scene.fake.points("docs")).toEqual(expected);
    await onlyLeft(scene, ["docs"], [2, 2, 2]);

    const way = /To go back: Restore snapshot (\S+) over it; it holds what was there before\./;
    const saved = way.exec(done)?.[1];
    expect(await scene.done("plan")).toContain("restore.by-hand: keeps 1");
    const again = `${back.replace("docs", `docs --at ${saved}`)} --to prod/undone`;
    const undone = await scene.snapform(again);
    expect([undone.status, scene.fake.points("undone")?.length ?? undone.stdout]).toEqual([0, 70]);
  });

  test("changes nothing of it when the snapshot does not fit what was recorded", async () => {
    const scene = await openQdrantStage();
    await scene.done("apply --yes");
    await writePoints(scene.fake, "docs", 70, 9);
    const changed = scene.fake.points("docs");
    const held = await scene.snapform(replacing);
    scene.fake.fault({ fault: { kind: "disk-full" }, node: 2, path: /\/upload$/, times: 9 });
    const ended = await scene.snapform(`${replacing} --acknowledge ${hashIn(held)}`);
    expect([ended.status, plain(ended.stdout)]).toEqual([
      3,
      expect.stringMatching(/No space left on device .* \(resource-exhausted\)/),
    ]);
    expect(scene.fake.points("docs")).toEqual(changed);
    await onlyLeft(scene, ["docs"], [2, 2, 2]);
  });
});

describe.concurrent("a declared restore", () => {
  test("beside the live collection moves the alias in one step and keeps the old one", async () => {
    const restores = `restores:
  back:
    from: { policy: nightly, collection: docs }
    to: { cluster: prod, collection: copy, ifExists: alias, alias: live }`;
    const scene = await openQdrantStage({}, { more: restores });
    const create_alias = { collection_name: "docs", alias_name: "live" };
    await ask(scene.fake, "POST", "/collections/aliases", { actions: [{ create_alias }] });
    await scene.done("apply --yes");
    const { aliases } = (await ask(scene.fake, "GET", "/aliases")) as {
      readonly aliases: readonly {
        readonly alias_name: string;
        readonly collection_name: string;
      }[];
    };
    expect(aliases).toEqual([
      {
        alias_name: "live",
        collection_name: expect.stringMatching(/^copy__\d{8}_\d{6}$/) as string,
      },
    ]);
    expect(scene.fake.points(aliases[0]?.collection_name ?? "")).toEqual(scene.fake.points("docs"));
    const moves = scene.fake.requests.filter(
      ({ method, path }) => method === "POST" && path === "/collections/aliases",
    );
    expect(moves.length).toBeGreaterThan(0);
    expect(await scene.done("plan --detailed-exitcode")).toContain("No changes");
  });

  test("into another cluster brings the aliases along, but none that is taken there", async () => {
    const scene = await openQdrantStage();
    const other = await openServers({ nodes: 3 });
    await makeCollection(other, "busy", 1);
    const name = (alias_name: string, collection_name: string): object => ({
      create_alias: { collection_name, alias_name },
    });
    await ask(other, "POST", "/collections/aliases", { actions: [name("taken", "busy")] });
    const actions = [name("live", "docs"), name("taken", "docs"), name("busy", "docs")];
    await ask(scene.fake, "POST", "/collections/aliases", { actions });
    scene.configure({
      clusters: `  other: { engine: qdrant, nodes: ${JSON.stringify(other.urls)} }`,
      more: `restores:
  move:
    from: { policy: nightly, collection: docs }
    to: { cluster: other, collection: docs, aliases: true }`,
    });
    const done = await scene.done("apply --yes");
    expect(done).toContain("Aliases that were made again: live");
    const { aliases } = (await ask(other, "GET", "/aliases")) as { readonly aliases: unknown };
    expect(aliases).toHaveLength(2);
    expect(aliases).toEqual(
      expect.arrayContaining([
        { alias_name: "live", collection_name: "docs" },
        { alias_name: "taken", collection_name: "busy" },
      ]),
    );
    expect(other.points("docs")).toEqual(scene.fake.points("docs"));
  });
});

/** These collections, no marks, and so many files on each node: nothing of a restore is left. */
async function onlyLeft(
  scene: QdrantStage,
  names: readonly string[],
  files: readonly number[],
): Promise<void> {
  const { collections } = (await ask(scene.fake, "GET", "/collections")) as {
    readonly collections: readonly { readonly name: string }[];
  };
  expect(collections.map(({ name }) => name).toSorted()).toEqual(names);
  const { aliases } = (await ask(scene.fake, "GET", "/aliases")) as { readonly aliases: unknown };
  expect(aliases).toEqual([]);
  expect(await scene.counts()).toEqual(files);
}
