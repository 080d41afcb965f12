// Backups as resources of Terraform: the plan in a pull request says which snapshots will be made
// and which will be deleted. On an embedded database with real vectors; nothing is downloaded.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PassageCollection, type Neighbour } from "../../passages/collection.ts";
import type { Session } from "../../support/session.ts";
import { installTerraform, type Terraform } from "../support/terraform.ts";

export const keepIn: string | null = null;

const queries = ["how do bees make honey", "why is glacier ice blue", "mould in cheese"];

interface Story {
  readonly session: Session;
  readonly terraform: Terraform;
  readonly collection: PassageCollection;
}

export async function run(session: Session): Promise<void> {
  const collection = new PassageCollection(session.path("data"));
  const terraform = await install(session, collection);
  const story = { session, terraform, collection };
  await protect(story);
  await shorten(story);
  await loseAndRestore(story);
  await destroy(story);
}

async function install(session: Session, collection: PassageCollection): Promise<Terraform> {
  session.chapter("1. A table with vectors, a configuration, and the provider");
  const count = await collection.create();
  await collection.createOther("scratch", "tea");
  session.say(`${count} passages with embeddings, and an index on them, in the table passages.\n`);
  copy(session, "main.tf");
  session.show("main.tf");
  return await installTerraform(session);
}

async function protect({ session, terraform }: Story): Promise<void> {
  session.chapter("2. Plan, review, apply");
  const plan = await terraform(["plan", "-out=reviewed.tfplan"]);
  session.check.shows("it would be protected", plan.stdout, /Plan: 1 to add/);
  session.say("");
  await terraform(["apply", "reviewed.tfplan"]);
  const shown = await terraform(["state", "show", "snapform_backup_policy.nightly"]);
  session.check.shows("a first snapshot was taken", shown.stdout, /newest_restorable +=/);
  await unchanged(session, terraform);
}

/** With the variables of the last apply. */
async function unchanged(
  session: Session,
  terraform: Terraform,
  ...variables: readonly string[]
): Promise<void> {
  session.say("");
  const again = await terraform(["plan", "-detailed-exitcode", ...variables]);
  session.check.shows("a second plan is empty", again.stdout, /No changes/);
}

async function shorten({ session, terraform, collection }: Story): Promise<void> {
  session.chapter("3. Nights later; somebody shortens the retention");
  session.say("The command line works on the same record; it stands in for the nights here.\n");
  copy(session, "snapform.yaml");
  await collection.addArrivals();
  await session.snapform(["run", "policy.nightly", "--yes"], { quiet: true });
  await session.snapform(["run", "policy.nightly", "--yes"], { quiet: true });
  const plan = await terraform(["plan", "-var=keep=2", "-out=reviewed.tfplan"]);
  session.check.shows(
    "the plan names what expires, and why",
    plan.stdout,
    /"- local\/passages \S+: beyond/,
  );
  session.check.shows("and how long it can be undone", plan.stdout, /can be undone until/);
  session.say("");
  await terraform(["apply", "reviewed.tfplan"]);
  const list = await session.snapform(["snapshots", "list"]);
  session.check.shows("two are left", list.stdout, /^2 snapshots/m);
  await unchanged(session, terraform, "-var=keep=2");
}

async function loseAndRestore(story: Story): Promise<void> {
  const { session, terraform, collection } = story;
  session.chapter("4. The table is dropped, and comes back");
  const before = await answers(collection);
  await collection.drop();
  const plan = await terraform(["plan", "-var=keep=2"]);
  session.check.isTrue("no snapshot of it expires", !/"- local/.test(plan.stdout));
  session.say("\nAdded to the configuration:\n");
  copy(session, "restore.tf");
  session.show("restore.tf");
  const applied = await terraform(["apply", "-auto-approve", "-var=keep=2"]);
  session.check.shows("it was restored", applied.stdout, /1 added/);
  if (session.isSpoiled) await collection.spoil("bees-1");
  const after = await answers(collection);
  session.check.equals(`all ${before.count} passages are back`, after.count, before.count);
  for (const [index, query] of queries.entries()) {
    const what = `same neighbours, same distances: "${query}"`;
    session.check.equals(what, after.neighbours[index], before.neighbours[index]);
  }
  await unchanged(session, terraform, "-var=keep=2");
}

interface Answers {
  readonly count: number;
  readonly neighbours: readonly (readonly Neighbour[])[];
}

async function answers(collection: PassageCollection): Promise<Answers> {
  const neighbours: (readonly Neighbour[])[] = [];
  for (const query of queries) neighbours.push(await collection.search(query));
  return { count: await collection.count(), neighbours };
}

async function destroy({ session, terraform, collection }: Story): Promise<void> {
  session.chapter("5. The configuration is destroyed; backups and data are not");
  const destroyed = await terraform(["destroy", "-auto-approve", "-var=keep=2"]);
  session.check.shows("both resources are gone", destroyed.stdout, /2 destroyed/);
  session.check.isTrue("the table is there", await collection.exists());
  session.say("");
  const checked = await session.snapform(["repository", "check", "vault", "--read-data"]);
  session.check.shows("so are both snapshots, whole", checked.stdout, /No damage/);
}

function copy(session: Session, name: string): void {
  session.write(name, readFileSync(join(import.meta.dirname, name), "utf8"));
}
