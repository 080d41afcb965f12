import { expect, test } from "vitest";
import { contextOf, failureOf, Ledger, native, pointsFrom, requestOf } from "./cluster.ts";
import { startCluster, take } from "./cluster.ts";

const POINTS = pointsFrom(1, 20);

test("aliases are made again where no collection has them, and the others are told", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", POINTS);
  await cluster.create("other", []);
  for (const alias of ["free", "taken", "named"]) {
    await cluster.driver.moveAlias?.(alias, "docs", contextOf());
  }
  const source = native(await take(cluster, "docs"));
  const actions = ["free", "named"].map((alias_name) => ({ delete_alias: { alias_name } }));
  await cluster.rest("POST", "/collections/aliases", { actions });
  await cluster.create("named", []);
  const request = requestOf(cluster, source, "again", new Ledger(), { aliases: true });
  const { check } = await cluster.driver.restore(request, contextOf());
  expect(await cluster.aliases()).toEqual({ free: "again", taken: "docs" });
  const text = check.findings.join(" ");
  expect(text).toContain("made again: free.");
  expect(text).toContain("Alias taken was left alone: it belongs to docs now.");
  expect(text).toContain("Alias named was left alone: it is a collection's name now.");
});

test("aliases are left alone unless somebody asks for them", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", POINTS);
  await cluster.driver.moveAlias?.("free", "docs", contextOf());
  const source = native(await take(cluster, "docs"));
  await cluster.rest("POST", "/collections/aliases", {
    actions: [{ delete_alias: { alias_name: "free" } }],
  });
  await cluster.driver.restore(requestOf(cluster, source, "again", new Ledger()), contextOf());
  expect(await cluster.aliases()).toEqual({});
});

test("an alias is moved in one call, and its former collection is told", async () => {
  await using cluster = await startCluster();
  await cluster.create("one", []);
  await cluster.create("two", []);
  const { driver, fake } = cluster;
  expect(await driver.moveAlias?.("live", "one", contextOf())).toBeNull();
  const isChange = ({ method, path }: { readonly method: string; readonly path: string }) =>
    method === "POST" && path === "/collections/aliases";
  const before = fake.requests.filter(isChange).length;
  expect(await driver.moveAlias?.("live", "two", contextOf())).toBe("one");
  expect(fake.requests.filter(isChange)).toHaveLength(before + 1);
  expect(await cluster.aliases()).toEqual({ live: "two" });
});

test.each(["drop-before", "drop-after"] as const)(
  "an alias is moved, and its former collection told, though an answer is lost (%s)",
  async (kind) => {
    await using cluster = await startCluster();
    await cluster.create("one", []);
    await cluster.create("two", []);
    await cluster.driver.moveAlias?.("live", "one", contextOf());
    cluster.fake.fault({ method: "POST", path: /^\/collections\/aliases$/, fault: { kind } });
    expect(await cluster.driver.moveAlias?.("live", "two", contextOf())).toBe("one");
    expect(await cluster.aliases()).toEqual({ live: "two" });
  },
);

test("an alias takes no collection's name and points at no missing one", async () => {
  await using cluster = await startCluster();
  await cluster.create("one", []);
  await cluster.create("two", []);
  const { driver } = cluster;
  const taken = await failureOf(driver.moveAlias?.("two", "one", contextOf()) ?? Promise.reject());
  expect(taken.code).toBe("already-exists");
  const missing = await failureOf(driver.moveAlias?.("a", "b", contextOf()) ?? Promise.reject());
  expect(missing.code).toBe("not-found");
});
