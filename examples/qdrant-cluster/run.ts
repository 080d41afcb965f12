// The tutorial that users of Qdrant do by hand, node by node, as a policy and a restore: a snapshot
// of a collection on three nodes, its copies outside the cluster, and the way back.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Session } from "../support/session.ts";
import { documentCount, Documents, type Answers } from "./documents.ts";
import { openServers, type Servers } from "./servers.ts";

export const keepIn: string | null = null;

interface Story {
  readonly session: Session;
  readonly servers: Servers;
  readonly prod: Documents;
  readonly spare: Documents;
  readonly before: Answers;
}

export async function run(session: Session): Promise<void> {
  const servers = await openServers(process.env);
  if (servers.apiKey !== null) process.env["SNAPFORM_QDRANT_API_KEY"] = servers.apiKey;
  const prod = new Documents(servers.nodes, servers.apiKey);
  const spare = new Documents(servers.spareNodes, servers.apiKey);
  try {
    if (servers.outage === null) await removeAll(servers, prod);
    const before = await fill(session, servers, prod);
    const story = { session, servers, prod, spare, before };
    await protect(story);
    await anotherNight(story);
    await restoreBeside(story);
    await nodeDown(story);
    await clusterGone(story);
  } finally {
    if (servers.outage === null) await removeAll(servers, prod);
    await servers.close();
  }
}

async function fill(session: Session, servers: Servers, prod: Documents): Promise<Answers> {
  session.chapter("1. An application with its documents in Qdrant");
  await prod.create(servers.collection, servers.alias);
  const before = await prod.answers(servers.alias);
  const nodes = `${servers.nodes.length} node${servers.nodes.length === 1 ? "" : "s"}`;
  session.say(`${nodes}: ${servers.nodes.join(", ")}`);
  session.check.equals(`${documentCount} documents are there`, before.count, documentCount);
  return before;
}

async function protect({ session, servers, prod }: Story): Promise<void> {
  session.chapter("2. A snapshot of all nodes, and its copy in the vault: declare, plan, apply");
  write(session, servers, "snapform.yaml");
  session.show("snapform.yaml");
  await session.snapform(["validate"]);
  const plan = await session.snapform(["plan"]);
  session.check.shows("it would be taken and copied", plan.stdout, /1 to create, 1 to copy/);
  session.say("");
  await session.snapform(["apply", "--yes"]);
  const files = await prod.files(servers.collection);
  session.check.isTrue(
    "each node has one file",
    files.every(({ length }) => length === 1),
  );
  const checked = await session.snapform(["repository", "check", "vault", "--read-data"]);
  session.check.shows("the copies are whole", checked.stdout, /No damage/);
}

async function anotherNight({ session, servers, prod }: Story): Promise<void> {
  session.chapter("3. Another night: the vault keeps two, the nodes one");
  const run = await session.snapform(["run", "policy.nightly", "--yes"]);
  session.check.shows("the older one leaves the nodes", run.stdout, /beyond keepOnCluster 1/);
  const files = await prod.files(servers.collection);
  session.check.isTrue(
    "each node still has one file",
    files.every(({ length }) => length === 1),
  );
  session.say("");
  const list = await session.snapform(["snapshots", "list"]);
  session.check.shows("both can be restored", list.stdout, /2 snapshots/);
}

async function restoreBeside({ session, servers, prod, before }: Story): Promise<void> {
  session.chapter("4. The way back: beside what is there, node after node, then compared");
  const target = importOf(servers);
  const from = ["--policy", "nightly", "--collection", servers.collection];
  await session.snapform(["restore", ...from, "--to", `prod/${target}`, "--yes"]);
  if (session.isSpoiled) await prod.spoil(target);
  compare(session, target, await prod.answers(target), before);
  const files = await prod.files(target);
  session.check.isTrue("nothing uploaded is left behind", files.flat().length === 0);
}

async function nodeDown({ session, servers, prod }: Story): Promise<void> {
  session.chapter("5. A node is down: what it holds is unknown, and nothing is deleted");
  if (servers.outage === null) {
    session.say("Left out: these are live servers, and no node of them is stopped.");
    return;
  }
  await servers.outage.stopOne();
  const run = await session.snapform(["run", "policy.nightly", "--yes"], { status: 3 });
  session.check.shows("it says which node", run.output, /127\.0\.0\.1:\d+.* refused/s);
  await servers.outage.startOne();
  const files = await prod.files(servers.collection);
  session.check.isTrue(
    "every file is still there",
    files.every(({ length }) => length >= 1),
  );
  session.say("");
  const plan = await session.snapform(["snapshots", "list"]);
  session.check.shows("and both snapshots", plan.stdout, /2 snapshots/);
}

async function clusterGone(story: Story): Promise<void> {
  const { session, servers, spare, before } = story;
  session.chapter("6. The cluster is gone: another one takes over from the vault alone");
  if (servers.outage !== null) {
    await servers.outage.loseAll();
    const plan = await session.snapform(["plan"], { status: 1 });
    session.check.shows("nothing expires meanwhile", plan.stdout, /No changes/);
    session.say("");
  }
  const target = takenOver(servers);
  write(session, servers, "spare.yaml");
  session.show("spare.yaml");
  await session.snapform(["plan", "-f", "spare.yaml"]);
  await session.snapform(["apply", "-f", "spare.yaml", "--yes"]);
  compare(session, target, await spare.answers(target), before);
  if (servers.outage !== null) {
    compare(session, `alias ${servers.alias}`, await spare.answers(servers.alias), before);
  }
}

function compare(session: Session, what: string, found: Answers, before: Answers): void {
  session.check.equals(`${what}: all ${before.count} documents`, found.count, before.count);
  for (const [index, expected] of before.neighbours.entries()) {
    const name = `${what}: same neighbours, same scores, query ${index + 1}`;
    session.check.equals(name, found.neighbours[index], expected);
  }
}

/** Writes a configuration of this folder into the session, with the names of these servers. */
function write(session: Session, servers: Servers, file: "snapform.yaml" | "spare.yaml"): void {
  const urls = file === "spare.yaml" ? servers.spareNodes : servers.nodes;
  const text = readFileSync(join(import.meta.dirname, file), "utf8")
    .replace(/^# yaml-language-server.*\n/, "")
    .replace(/nodes: \[.*\]/, `nodes: [${urls.map((url) => JSON.stringify(url)).join(", ")}]`)
    .replace("spare, collection: test_collection", `spare, collection: ${takenOver(servers)}`)
    .replace("prod, collection: test_collection", `prod, collection: ${servers.collection}`)
    .replace("[test_collection]", `[${servers.collection}]`);
  session.write(file, servers.apiKey === null ? text.replace(/^ *apiKey:.*\n/m, "") : text);
}

function importOf({ collection }: Servers): string {
  return `${collection}_import`;
}

/** On live servers the spare cluster is the first one, which still has the collection. */
function takenOver({ collection, outage }: Servers): string {
  return outage === null ? `${collection}_spare` : collection;
}

/** Leaves live servers as they were found. */
async function removeAll(servers: Servers, documents: Documents): Promise<void> {
  for (const name of [servers.collection, importOf(servers), takenOver(servers)]) {
    if (await documents.exists(name)) await documents.remove(name);
  }
}
