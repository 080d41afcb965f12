// Backups in TypeScript: an app is synthesized, a mistake in it is found, and a YAML goes the same
// way.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import { PassageCollection } from "../passages/collection.ts";
import type { Session } from "../support/session.ts";
import { findBinary, installTerraform } from "../terraform/support/terraform.ts";
import { ProductionStack } from "./stacks.ts";

export const keepIn: string | null = null;

interface Project {
  readonly resource: Readonly<
    Record<string, Readonly<Record<string, { readonly schedule: { readonly cron: string } }>>>
  >;
}

export async function run(session: Session): Promise<void> {
  await synthesize(session);
  failToSynthesize(session);
  await apply(session);
  await fromYaml(session);
}

async function synthesize(session: Session): Promise<void> {
  session.chapter("1. An app with two stacks becomes two Terraform projects");
  await session.program([join(import.meta.dirname, "main.ts")]);
  const production = join("cdktf.out", "stacks", "production", "cdk.tf.json");
  const { resource } = JSON.parse(session.read(production)) as Project;
  const policies = Object.values(resource["snapform_backup_policy"] ?? {});
  const crons = policies.map(({ schedule }) => schedule.cron);
  session.say(`${policies.length} policies, which run at: ${crons.join(", ")}\n`);
  session.check.equals("every tenant has a policy beside the one of passages", crons.length, 4);
  session.check.equals("no two begin at the same minute", new Set(crons).size, 4);
  const staging = session.read(join("cdktf.out", "stacks", "staging", "cdk.tf.json"));
  session.check.shows("staging restores from the repository", staging, /"snapform_restore"/);
}

function failToSynthesize(session: Session): void {
  session.chapter("2. A table that nobody protects fails the synthesis");
  const folders = { data: session.path("data"), tenants: ["acme"] };
  const app = Testing.app({ outdir: session.path("tested") });
  const stack = new ProductionStack(app, "production", folders);
  if (!session.isSpoiled) stack.node.findChild("tenants").node.tryRemoveChild("acme");
  const message = refusal(() => Testing.synth(stack, true));
  session.say(`${message.trim()}\n`);
  session.check.shows("the aspect names the table", message, /collection "production\/acme"/);
}

function refusal(synth: () => void): string {
  try {
    synth();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function apply(session: Session): Promise<void> {
  session.chapter("3. Terraform takes it from here");
  if (findBinary() === null) {
    session.say("No Terraform is on the path: what it does with the projects is left out.");
    return;
  }
  const passages = new PassageCollection(session.path("data/production"));
  const count = await passages.create();
  for (const tenant of ["acme", "globex", "initech"]) await passages.createOther(tenant, "tea");
  const [production, staging] = ["cdktf.out/stacks/production", "cdktf.out/stacks/staging"];
  const terraform = await installTerraform(session, production, staging);
  await terraform(["plan", "-out=reviewed"], { in: production });
  const applied = await terraform(["apply", "reviewed"], { in: production });
  session.check.shows("everything was made", applied.stdout, /5 added, 0 changed, 0 destroyed/);
  const again = await terraform(["plan", "-detailed-exitcode"], { in: production });
  session.check.shows("a second plan has nothing to do", again.stdout, /No changes/);
  await terraform(["apply", "-auto-approve"], { in: staging });
  const restored = new PassageCollection(session.path("data/staging"));
  session.check.equals("staging has every passage", await restored.count(), count);
}

async function fromYaml(session: Session): Promise<void> {
  session.chapter("4. A YAML goes the same way, with one command");
  const quickstart = join(import.meta.dirname, "..", "quickstart", "snapform.yaml");
  session.write("snapform.yaml", readFileSync(quickstart, "utf8"));
  await session.snapform(["synth", "--out", "infra"]);
  session.show("infra/cdk.tf.json");
  const again = await session.snapform(["synth", "--out", "infra"]);
  session.check.shows("the same YAML gives the same project", again.stdout, /Nothing new/);
}
