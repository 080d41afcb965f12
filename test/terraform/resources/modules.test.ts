import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findTerraform, knowsEphemeral } from "../terraform-binary.ts";
import { settled, snapshotsIn, useScene } from "./debug-scene.ts";
import { policy, POLICY } from "./scene.ts";

const binary = findTerraform();

const backup = `
terraform {
  required_providers {
    snapform = {
      source                = "snapform/snapform"
      configuration_aliases = [snapform.target]
    }
  }
}
variable "collection" {
  type = string
}
resource "snapform_backup_policy" "this" {
  provider    = snapform.target
  name        = "nightly-\${var.collection}"
  cluster     = "local"
  collections = [var.collection]
  schedule    = { cron = "0 2 * * *" }
  retention   = { last = 2 }
  repository  = "vault"
}
output "status" {
  value = snapform_backup_policy.this.status
}
`;

const root = `
data "snapform_collections" "all" {
  cluster = "local"
}
module "backup" {
  source     = "./modules/backup"
  for_each   = toset(data.snapform_collections.all.names)
  collection = each.key
  providers  = { snapform.target = snapform }
}
output "statuses" {
  value = { for name, each in module.backup : name => each.status }
}
`;

const later = (input: string): string => `
resource "terraform_data" "later" {
  input = ${input}
}
`;

describe.skipIf(binary === null)("a configuration of many parts", { timeout: 240_000 }, () => {
  const scene = useScene(binary ?? "");

  it("has a module that is given the provider, once for each collection", async () => {
    await mkdir(join(scene().folder, "modules", "backup"), { recursive: true });
    await writeFile(join(scene().folder, "modules", "backup", "main.tf"), backup);
    await scene().write(root);
    expect((await scene().run("get")).status).toBe(0);
    await settled(scene());
    await scene().table("images", 2);
    expect(await settled(scene())).toContain("1 added, 0 changed, 0 destroyed");
    const shown = await scene().run("output", "-json", "statuses");
    expect(JSON.parse(shown.text)).toEqual({ docs: "ok", images: "ok" });
    expect(await snapshotsIn(scene())).toHaveLength(1);
  });

  it("may call what it says of a resource sensitive", async () => {
    const secretive = policy()
      .replace('name        = "nightly"', 'name        = sensitive("nightly")')
      .replace('["docs"]', 'sensitive(["docs"])');
    await scene().write(secretive);
    await settled(scene());
    await scene().at("2026-03-11T12:00:00Z");
    await settled(scene());
    expect(await snapshotsIn(scene())).toHaveLength(2);
  });

  it("may know collections, and even the cluster, only when it is applied", async () => {
    await scene().write(
      later('["docs"]') + policy().replace('["docs"]', "terraform_data.later.output"),
    );
    await settled(scene());
    expect(await scene().attributes(POLICY)).toMatchObject({ status: "ok" });
    await scene().run("destroy", "-auto-approve");

    const provider = `
  project      = "scene"
  clusters     = { local = { engine = "lancedb", uri = terraform_data.later.output } }
  repositories = { vault = { type = "filesystem", path = "./vault" } }
`;
    await scene().write(later('"./data"') + policy(), provider);
    await settled(scene());
    expect(await snapshotsIn(scene())).toHaveLength(1);
  });

  const isEphemeral = binary !== null && knowsEphemeral(binary);
  it.skipIf(!isEphemeral)("may keep where the cluster is in an ephemeral variable", async () => {
    const variable = 'variable "uri" {\n  ephemeral = true\n  default   = "./data"\n}\n';
    const provider = `
  project      = "scene"
  clusters     = { local = { engine = "lancedb", uri = var.uri } }
  repositories = { vault = { type = "filesystem", path = "./vault" } }
`;
    await scene().write(variable + policy(), provider);
    await settled(scene());
    expect(await snapshotsIn(scene())).toHaveLength(1);
  });
});
