import { describe, expect, it } from "vitest";
import { findTerraform } from "../terraform-binary.ts";
import { useScene } from "./debug-scene.ts";
import { policy } from "./scene.ts";

const binary = findTerraform();

const restore = (onDestroy: string): string => `
resource "snapform_restore" "copy" {
  name = "copy"
  from = {
    policy     = snapform_backup_policy.nightly.name
    cluster    = "local"
    collection = "docs"
  }
  to         = { cluster = "local", collection = "docs-copy" }
  on_destroy = ${onDestroy}
}
`;

const REFUSED = /on_destroy = .* No engine of this version deletes a collection/;

describe.skipIf(binary === null)("a restore that wants to delete", { timeout: 240_000 }, () => {
  const scene = useScene(binary ?? "");

  it("is refused at its attribute as soon as that is known", async () => {
    await scene().write(policy() + restore('"delete"'));
    const validated = await scene().run("validate");
    expect(validated.status).toBe(1);
    expect(validated.text).toMatch(REFUSED);

    const variable = 'variable "fate" {\n  default = "delete"\n}\n';
    await scene().write(policy() + variable + restore("var.fate"));
    expect((await scene().run("validate")).status).toBe(0);
    const planned = await scene().run("plan");
    expect(planned.status).toBe(1);
    expect(planned.text).toMatch(REFUSED);
  });

  it("is refused before anything is restored where only the apply knows", async () => {
    const later = 'resource "terraform_data" "fate" {\n  input = "delete"\n}\n';
    await scene().write(policy() + later + restore("terraform_data.fate.output"));
    expect((await scene().run("plan")).status).toBe(0);
    const applied = await scene().apply();
    expect(applied.status).toBe(1);
    expect(applied.text).toMatch(REFUSED);
    expect(await scene().hasState("snapform_restore.copy")).toBe(false);
    expect(await scene().rows("docs-copy")).toBeNull();
  });
});

describe.skipIf(binary === null)("two resources of one name", { timeout: 240_000 }, () => {
  const scene = useScene(binary ?? "");
  const twin = (retention: string): string =>
    policy("", retention).replace('policy" "nightly"', 'policy" "twin"');

  it("are refused where they ask for different things", async () => {
    await scene().write(policy("", "last = 5") + twin("last = 1"));
    const planned = await scene().run("plan");
    expect(planned.status).toBe(1);
    expect(planned.text).toContain("Two resources of one name");
    await scene().write(policy("", "last = 5") + twin("last = 5"));
    expect((await scene().apply()).status).toBe(0);
  });

  it("are not one that is replaced and ignores a change", async () => {
    const ignoring = (text: string): string =>
      policy(`description = "${text}"\nlifecycle {\n  ignore_changes = [description]\n}`);
    await scene().write(ignoring("one"));
    expect((await scene().apply()).status).toBe(0);
    await scene().write(ignoring("two"));
    const planned = await scene().run("plan", "-replace=snapform_backup_policy.nightly");
    expect(planned.text).not.toContain("Two resources of one name");
    expect(planned.status).toBe(0);
  });
});
