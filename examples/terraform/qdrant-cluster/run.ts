// A Qdrant cluster of three nodes and a spare one: protected, copied outside, and taken over, by
// resources of Terraform. On fake servers, or on live ones where SNAPFORM_QDRANT_NODES names them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { documentCount, Documents, type Answers } from "../../qdrant-cluster/documents.ts";
import { openServers, type Servers } from "../../qdrant-cluster/servers.ts";
import type { Session } from "../../support/session.ts";
import { installTerraform, type Terraform } from "../support/terraform.ts";

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
  const prod = new Documents(servers.nodes, servers.apiKey);
  const spare = new Documents(servers.spareNodes, servers.apiKey);
  try {
    await removeAll(servers, prod, spare);
    const before = await fill(session, servers, prod);
    await tell({ session, servers, prod, spare, before });
  } finally {
    await removeAll(servers, prod, spare);
    await servers.close();
  }
}

async function tell(story: Story): Promise<void> {
  const { session, servers } = story;
  session.chapter("2. The provider, and the key from the environment");
  for (const name of ["main.tf", "spare.tf"]) {
    const text = readFileSync(join(import.meta.dirname, name), "utf8");
    session.write(name, text);
    session.show(name);
  }
  session.write("terraform.tfvars.json", variables(servers));
  const keys =
    servers.apiKey === null
      ? {}
      : { SNAPFORM_PROD_API_KEY: servers.apiKey, SNAPFORM_SPARE_API_KEY: servers.apiKey };
  const installed = await installTerraform(session);
  const terraform: Terraform = (args, options = {}) =>
    installed(args, { ...options, env: { ...keys, ...options.env } });
  await apply(story, terraform);
  await checkSecrets(story, terraform);
  await destroy(story, terraform);
}

async function fill(session: Session, servers: Servers, prod: Documents): Promise<Answers> {
  session.chapter("1. An application with its documents in Qdrant");
  await prod.create(servers.collection, servers.alias);
  const before = await prod.answers(servers.collection);
  session.say(`nodes: ${servers.nodes.join(", ")}`);
  session.check.equals(`${documentCount} documents are there`, before.count, documentCount);
  return before;
}

async function apply(story: Story, terraform: Terraform): Promise<void> {
  const { session, servers, prod, spare, before } = story;
  session.chapter("3. Protected, copied and taken over, in the order that the references say");
  await terraform(["plan", "-out=reviewed.tfplan"]);
  const applied = await terraform(["apply", "reviewed.tfplan"]);
  session.check.shows("both were made", applied.stdout, /2 added/);
  const files = await prod.files(servers.collection);
  session.check.isTrue(
    "each node keeps one file",
    files.every(({ length }) => length === 1),
  );
  if (session.isSpoiled) await spare.spoil(takenOver(servers));
  const after = await spare.answers(takenOver(servers));
  session.check.equals(`the spare cluster has all ${before.count}`, after.count, before.count);
  for (const [index, expected] of before.neighbours.entries()) {
    const what = `same neighbours, same scores, query ${index + 1}`;
    session.check.equals(what, after.neighbours[index], expected);
  }
  session.say("");
  const again = await terraform(["plan", "-detailed-exitcode"]);
  session.check.shows("a second plan is empty", again.stdout, /No changes/);
}

async function checkSecrets({ session, servers }: Story, terraform: Terraform): Promise<void> {
  session.chapter("4. Where the key is: nowhere");
  const plan = await terraform(["show", "-json", "reviewed.tfplan"], { quiet: true });
  const texts = [plan.stdout, session.read("terraform.tfstate")];
  const { apiKey } = servers;
  session.check.isTrue(
    "it is neither in the state nor in the plan",
    apiKey === null || texts.every((text) => !text.includes(apiKey)),
  );
}

async function destroy({ session, servers, spare }: Story, terraform: Terraform): Promise<void> {
  session.chapter("5. Protected against being destroyed, until somebody says otherwise");
  const refused = await terraform(["destroy", "-auto-approve"], { status: 1 });
  session.check.shows("it is refused", refused.output, /deletion_protection/);
  session.say("");
  await terraform(["apply", "-auto-approve", "-var=protected=false"]);
  const destroyed = await terraform(["destroy", "-auto-approve", "-var=protected=false"]);
  session.check.shows("both are gone from Terraform", destroyed.stdout, /2 destroyed/);
  session.check.isTrue("the data stays", await spare.exists(takenOver(servers)));
}

/** On live servers the spare cluster is the first one, which still has the collection. */
function takenOver({ collection, outage }: Servers): string {
  return outage === null ? `${collection}_spare` : collection;
}

function variables(servers: Servers): string {
  const { nodes, spareNodes: spare_nodes, collection } = servers;
  const values = { nodes, spare_nodes, collection, spare_collection: takenOver(servers) };
  return `${JSON.stringify(values, null, 2)}\n`;
}

/** Leaves live servers as they were found. */
async function removeAll(servers: Servers, prod: Documents, spare: Documents): Promise<void> {
  if (await prod.exists(servers.collection)) await prod.remove(servers.collection);
  if (await spare.exists(takenOver(servers))) await spare.remove(takenOver(servers));
}
