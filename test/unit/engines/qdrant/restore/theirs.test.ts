import { describe, expect, test } from "vitest";
import type { RestoreRequest } from "../../../../../src/engine/driver.ts";
import { scratchName } from "../../../../../src/engines/qdrant/marks.ts";
import { SnapformError } from "../../../../../src/errors/index.ts";
import type { RestoreProcedure } from "../../../../../src/snapshot/capabilities.ts";
import type { Json } from "../../../../../src/snapshot/json.ts";
import {
  contextOf,
  failureOf,
  Ledger,
  native,
  pointsFrom,
  requestOf,
  startCluster,
  take,
  type Cluster,
} from "./cluster.ts";
import { openMortal } from "./mortal.ts";

const WANTED = pointsFrom(1, 30);
const SINCE = pointsFrom(900, 4);

/** Records until the restore is complete; that it is, nobody comes to write down. */
function failsAtTheEnd(ledger: Ledger): RestoreRequest["record"] {
  return (details: Json) => {
    const { phase } = details as { readonly phase: string };
    if (phase !== "checked") return ledger.record(details);
    return Promise.reject(new SnapformError("resource-exhausted", "the disk is full"));
  };
}

async function point(cluster: Cluster, alias_name: string, collection_name: string): Promise<void> {
  const actions = [{ create_alias: { alias_name, collection_name } }];
  await cluster.rest("POST", "/collections/aliases", { actions });
}

describe("a target that is complete", () => {
  test.each<[RestoreProcedure, number]>([
    ["new", 1],
    ["replace", 1],
    ["replace", 2],
  ])(
    "is the users' even when nobody could write that down (%s, %i replica)",
    async (procedure, replication_factor) => {
      await using cluster = await startCluster();
      await cluster.create("docs", WANTED, { replication_factor });
      await cluster.driver.moveAlias?.("live", "docs", contextOf());
      const source = native(await take(cluster, "docs"));
      const drop = [{ delete_alias: { alias_name: "live" } }];
      await cluster.rest("POST", "/collections/aliases", { actions: drop });
      if (procedure === "replace") {
        await cluster.create("again", pointsFrom(300, 9), { replication_factor });
      }
      const ledger = new Ledger();
      const options = { procedure, aliases: true, record: failsAtTheEnd(ledger) };
      const request = requestOf(cluster, source, "again", ledger, options);
      expect((await failureOf(cluster.driver.restore(request, contextOf()))).message).toContain(
        "the disk is full",
      );
      expect(await cluster.aliases()).toMatchObject({ live: "again" });
      await cluster.rest("PUT", "/collections/live/points?wait=true", { points: SINCE });
      const run = { runId: "run0001", target: "again", earlier: ledger.details };
      const trace = await cluster.driver.recoverRestore(run, contextOf());
      expect(trace).toEqual({ kind: "finished", targetIdentity: null });
      expect(await cluster.read("again")).toEqual([...WANTED, ...SINCE]);
      expect(await cluster.aliases()).toEqual({ live: "again" });
      expect(await cluster.leftovers()).toEqual([]);
    },
  );

  test("gets its aliases from a recovery that finishes the restore", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", WANTED);
    await cluster.driver.moveAlias?.("live", "docs", contextOf());
    const source = native(await take(cluster, "docs"));
    await cluster.create("again", pointsFrom(300, 9));
    await cluster.rest("DELETE", "/collections/docs");
    await cluster.create("docs", WANTED);
    const full = { kind: "disk-full" } as const;
    const handle = cluster.fake.fault({
      path: /\/again\/snapshots\/upload$/,
      fault: full,
      from: 2,
    });
    const ledger = new Ledger();
    const options = { procedure: "replace", aliases: true } as const;
    const copied = requestOf(cluster, source, "again", ledger, options);
    await failureOf(cluster.driver.restore(copied, contextOf()));
    handle.remove();
    const run = { runId: "run0001", target: "again", earlier: ledger.details };
    expect((await cluster.driver.recoverRestore(run, contextOf())).kind).toBe("finished");
    expect(await cluster.aliases()).toEqual({ live: "again" });
  });
});

describe("a collection that a restore has made, or might have made", () => {
  test("is not dropped while an alias of a user's points at it", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", WANTED);
    const source = native(await take(cluster, "docs"));
    const ledger = new Ledger();
    const mortal = openMortal(cluster, 4);
    void mortal.driver.restore(requestOf(cluster, source, "again", ledger), contextOf());
    await mortal.died;
    await cluster.fake.idle();
    await point(cluster, "mine", "again");
    const run = { runId: "run0001", target: "again", earlier: ledger.details };
    const error = await failureOf(cluster.driver.recoverRestore(run, contextOf()));
    expect([error.code, error.hint]).toEqual([
      "failed-precondition",
      expect.stringContaining("delete the alias snapform-run-run0001"),
    ]);
    const actions = [{ delete_alias: { alias_name: "snapform-run-run0001" } }];
    await cluster.rest("POST", "/collections/aliases", { actions });
    await cluster.driver.recoverRestore(run, contextOf());
    expect(await cluster.aliases()).toEqual({ mine: "again" });
    expect(await cluster.leftovers()).toEqual([]);
  });

  test("is not dropped for being empty where it bears a name of somebody's", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", WANTED);
    const source = native(await take(cluster, "docs"));
    const ledger = new Ledger();
    const mortal = openMortal(cluster, 1);
    void mortal.driver.restore(requestOf(cluster, source, "again", ledger), contextOf());
    await mortal.died;
    expect(ledger.details).toMatchObject({ isMaking: true });
    await cluster.create("again", []);
    await point(cluster, "app", "again");
    const run = { runId: "run0001", target: "again", earlier: ledger.details };
    expect(await cluster.driver.recoverRestore(run, contextOf())).toEqual({ kind: "none" });
    expect(await cluster.read("again")).toEqual([]);
  });

  test("is named by the run's own name only, whatever its record says", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", WANTED);
    await cluster.create("live", pointsFrom(300, 9));
    const source = native(await take(cluster, "docs"));
    const ledger = new Ledger();
    const mortal = openMortal(cluster, 6);
    const options = { procedure: "replace" } as const;
    void mortal.driver.restore(requestOf(cluster, source, "live", ledger, options), contextOf());
    await mortal.died;
    await cluster.fake.idle();
    expect(ledger.details).toMatchObject({ scratch: scratchName("live", "run0001") });
    const earlier = { ...(ledger.details as object), scratch: "docs" } as unknown as Json;
    const run = { runId: "run0001", target: "live", earlier };
    await cluster.driver.recoverRestore(run, contextOf());
    expect(await cluster.read("docs")).toEqual(WANTED);
    expect(await cluster.read("live")).toEqual(pointsFrom(300, 9));
    expect(await cluster.leftovers()).toEqual([]);
  });
});

describe("two restores into one collection", () => {
  test("by two projects do not mix their points: the later one is refused", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", WANTED);
    const source = native(await take(cluster, "docs"));
    await cluster.create("live", pointsFrom(300, 9));
    const procedure = "replace" as const;
    const requests = ["one", "two"].map((runId) =>
      requestOf(cluster, source, "live", new Ledger(), { procedure, runId }),
    );
    const outcomes = await Promise.allSettled(
      requests.map((request) => cluster.open().restore(request, contextOf())),
    );
    const failures = outcomes.flatMap((each) =>
      each.status === "rejected" ? [each.reason as SnapformError] : [],
    );
    expect(failures.length).toBeGreaterThan(0);
    for (const { code, message } of failures) {
      expect([code, message]).toEqual(["aborted", expect.stringContaining("another restore")]);
    }
    expect(await cluster.read("live")).toEqual(failures.length === 2 ? pointsFrom(300, 9) : WANTED);
    expect(await cluster.leftovers()).toEqual([]);
    const [request] = requests;
    if (request) await cluster.driver.restore(request, contextOf());
    expect(await cluster.read("live")).toEqual(WANTED);
  });

  test("wait for one that was interrupted, and say which alias stands for it", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", WANTED);
    const source = native(await take(cluster, "docs"));
    await cluster.create("live", pointsFrom(300, 9));
    await point(cluster, "snapform-target-other", "live");
    const options = { procedure: "replace" } as const;
    const request = requestOf(cluster, source, "live", new Ledger(), options);
    const error = await failureOf(cluster.driver.restore(request, contextOf()));
    expect([error.code, error.message]).toEqual([
      "aborted",
      expect.stringContaining("snapform-target-other"),
    ]);
    expect(await cluster.read("live")).toEqual(pointsFrom(300, 9));
  });
});
