// The main job on real input: an application's data is protected, changes, is lost and comes back.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { PassageCollection, textOf, type Neighbour } from "../passages/collection.ts";
import { shownFolder } from "../support/folder.ts";
import type { Session } from "../support/session.ts";

export const keepIn: string | null = join(import.meta.dirname, "..", "..", ".tmp", "quickstart");

const queries = [
  "how do bees make honey",
  "why is glacier ice blue",
  "who invented printing with movable type",
  "a backup that can be restored",
  "mould in cheese",
];

const namedSnapshot = `
snapshots:
  before-clean-up:
    cluster: local
    collection: passages
    repository: vault
    description: before the passages about chess are deleted
`;

/** What the application answers: ids and distances, the count, and whether the index serves. */
interface Answers {
  readonly count: number;
  readonly neighbours: Readonly<Record<string, readonly Neighbour[]>>;
  readonly usesIndex: boolean;
}

export async function run(session: Session): Promise<void> {
  const collection = new PassageCollection(session.path("data"));
  await fill(session, collection);
  await protect(session);
  await planned(session);
  await changeAndRetain(session, collection);
  await lookAround(session);
  await loseAndRestore(session, collection);
  nextSteps(session);
}

async function fill(session: Session, collection: PassageCollection): Promise<void> {
  session.chapter("1. An application with its data in LanceDB");
  const count = await collection.create();
  await collection.createOther("scratch", "tea");
  session.say(`${count} passages with embeddings, and an index on them, in the table passages.`);
  await ask(session, collection, "how do bees make honey");
  const [first] = await collection.search("how do bees make honey");
  session.check.equals("the nearest passage is about honey", first?.id, "bees-1");
}

async function ask(session: Session, collection: PassageCollection, query: string): Promise<void> {
  session.say(`\n"${query}"`);
  for (const { id, distance } of await collection.search(query, 3)) {
    session.say(`  ${distance.toFixed(3)}  ${id.padEnd(12)} ${textOf(id).slice(0, 70)}...`);
  }
}

async function protect(session: Session): Promise<void> {
  session.chapter("2. Declare how it is protected, look at the plan, apply it");
  const schema = join(import.meta.dirname, "..", "..", "schemas", "config.editor.schema.json");
  const text = readFileSync(join(import.meta.dirname, "snapform.yaml"), "utf8");
  const modeline = `$schema=${relative(session.folder, schema)}`;
  session.write("snapform.yaml", text.replace(/\$schema=\S+/, modeline));
  session.show("snapform.yaml");
  await session.snapform(["validate"]);
  const plan = await session.snapform(["plan"]);
  session.check.shows("it would take a first snapshot", plan.stdout, /Plan: 1 to create/);
  await session.snapform(["apply", "--yes"]);
  const again = await session.snapform(["plan", "--detailed-exitcode"]);
  session.check.shows("a second plan has nothing to do", again.stdout, /No changes/);
}

async function planned(session: Session): Promise<void> {
  session.chapter("3. Before a risky change: a snapshot with a name, reviewed as a saved plan");
  session.write("snapform.yaml", session.read("snapform.yaml") + namedSnapshot);
  session.say(`Added to snapform.yaml:\n${namedSnapshot}`);
  await session.snapform(["plan", "--out", "clean-up.plan"]);
  session.say("Somebody reviews it, and exactly that is carried out:\n");
  const applied = await session.snapform(["apply", "clean-up.plan"]);
  session.check.shows("the reviewed snapshot was made", applied.stdout, /Done: 1 created/);
}

async function changeAndRetain(session: Session, collection: PassageCollection): Promise<void> {
  session.chapter("4. The data changes; old snapshots expire");
  const added = await collection.addArrivals();
  const deleted = await collection.deleteTopic("chess");
  session.say(`The application adds ${added} passages and deletes ${deleted}.\n`);
  const now = await session.snapform(["plan", "--detailed-exitcode"]);
  session.check.shows("until the next run at 02:00 nothing is due", now.stdout, /No changes/);

  session.say("\nAnd tomorrow?\n");
  const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString().slice(0, 10);
  const later = await session.snapform(["plan", "--at", `${tomorrow}T12:00:00Z`]);
  session.check.shows("tomorrow a run will be due", later.stdout, /due since/);

  session.say("\nWe do not wait, and take three more. The policy keeps three in all:\n");
  await session.snapform(["run", "policy.nightly", "--yes"]);
  await session.snapform(["run", "policy.nightly", "--yes"]);
  const fourth = await session.snapform(["run", "policy.nightly", "--yes"]);
  session.check.shows("the oldest expires", fourth.stdout, /Deletions: 1 expire/);
  session.check.shows("for a reason", fourth.stdout, /beyond retention/);
  session.check.shows("with a way back", fourth.stdout, /can be undone until/);
}

async function lookAround(session: Session): Promise<void> {
  session.chapter("5. What is there, and why");
  await session.snapform(["snapshots", "list"]);
  const why = await session.snapform(["explain", "policy.nightly"]);
  session.check.shows("each snapshot has a reason", why.stdout, /last 3/);
  session.check.shows("and the next runs are known", why.stdout, /Next runs/);
  session.say("");
  const status = await session.snapform(["status"]);
  session.check.shows("what no policy protects is said", status.stdout, /local\/scratch/);
}

async function loseAndRestore(session: Session, collection: PassageCollection): Promise<void> {
  session.chapter("6. A disaster: the table is dropped");
  const before = await answersOf(collection);
  await collection.drop();
  session.check.isTrue("the table is gone", !(await collection.exists()));
  session.say("");
  const plan = await session.snapform(["plan"]);
  session.check.shows("nothing of it expires", plan.stdout, / 0 to expire|No changes/);

  session.chapter("7. The way back");
  const wanted = ["--policy", "nightly", "--collection", "passages"];
  await session.snapform(["restore", ...wanted, "--check", "deep", "--yes"]);
  if (session.isSpoiled) await collection.spoil("bees-1");
  const after = await answersOf(collection);
  session.check.equals(`all ${before.count} passages are back`, after.count, before.count);
  for (const query of queries) {
    const what = `same neighbours, same distances: "${query}"`;
    session.check.equals(what, after.neighbours[query], before.neighbours[query]);
  }
  session.check.isTrue("the index is used", before.usesIndex && after.usesIndex);
  await ask(session, collection, "mould in cheese");
  session.say("");
  const checked = await session.snapform(["repository", "check", "vault", "--read-data"]);
  session.check.shows("every byte of the copies is as it was", checked.stdout, /No damage/);
  await session.snapform(["status"]);
}

async function answersOf(collection: PassageCollection): Promise<Answers> {
  const neighbours: Record<string, readonly Neighbour[]> = {};
  for (const query of queries) neighbours[query] = await collection.search(query);
  return {
    count: await collection.count(),
    neighbours,
    usesIndex: await collection.usesIndex(queries[0] ?? ""),
  };
}

function nextSteps(session: Session): void {
  session.chapter("Go on from here");
  const folder = shownFolder(session.folder);
  const file = join(folder, "snapform.yaml");
  session.say(`The database, the repository and the state are in ${folder}. Try:

  npm run snapform -- -f ${file} snapshots list
  npm run snapform -- -f ${file} repository list vault     # the trash, too
  npm run snapform -- -f ${file} run policy.nightly
  npm run snapform -- -f ${file} restore --snapshot before-clean-up --to local/before
  npm run snapform -- -f ${file} explain policy.nightly

Change retention in ${file} and look at the plan.`);
}
