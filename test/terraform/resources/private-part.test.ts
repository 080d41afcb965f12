import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findTerraform } from "../terraform-binary.ts";
import { settled, snapshotsIn, useScene } from "./debug-scene.ts";
import { policy, type Scene } from "./scene.ts";

const binary = findTerraform();

interface StateFile {
  serial: number;
  readonly resources: readonly { readonly instances: readonly { private?: string }[] }[];
}

type Change = (bytes: Buffer) => Buffer | null;

/** Changes what stands beside each resource in Terraform's state; null: nothing does. */
async function tamper({ folder }: Scene, change: Change): Promise<void> {
  const file = join(folder, "terraform.tfstate");
  const state = JSON.parse(await readFile(file, "utf8")) as StateFile;
  for (const instance of state.resources.flatMap(({ instances }) => instances)) {
    const changed = change(Buffer.from(instance.private ?? "", "base64"));
    if (changed === null) delete instance.private;
    else instance.private = changed.toString("base64");
  }
  state.serial += 1;
  await writeFile(file, JSON.stringify(state));
}

/** The version is the second byte. */
function withVersion(bytes: Buffer, version: number): Buffer {
  return Buffer.concat([bytes.subarray(0, 1), Buffer.from([version]), bytes.subarray(2)]);
}

const foreign: readonly (readonly [string, Change])[] = [
  ["of the first version", () => Buffer.from('{"version":1,"view":"abc","plan":"def"}')],
  ["of a newer version", (bytes) => withVersion(bytes, 255)],
  ["that is missing", () => null],
  ["that is too short", (bytes) => bytes.subarray(0, 3)],
];

describe.skipIf(binary === null)(
  "what the provider keeps beside a resource",
  { timeout: 240_000 },
  () => {
    const scene = useScene(binary ?? "");

    it.each(foreign)("is passed over and written anew: one %s", async (_what, change) => {
      await scene().write(policy());
      await settled(scene());
      await tamper(scene(), change);
      await scene().at("2026-03-11T12:00:00Z");
      const blind = await scene().run("plan", "-detailed-exitcode", "-refresh=false");
      expect(blind.status, blind.text).toBe(0);
      const seen = await scene().run("plan", "-detailed-exitcode");
      expect(seen.status, seen.text).toBe(2);
      expect(seen.text).toContain("due since 2026-03-11T02:00:00Z");
      await settled(scene());
      expect(await snapshotsIn(scene())).toHaveLength(2);
    });

    it.each([
      ["torn", (bytes: Buffer) => bytes.subarray(0, -40)],
      ["none of ours", () => Buffer.from("{{{")],
    ])("is refused without a refresh where it is %s, and healed by one", async (_what, change) => {
      await scene().write(policy());
      await settled(scene());
      await tamper(scene(), change);
      const blind = await scene().run("plan", "-refresh=false");
      expect(blind.status).toBe(1);
      expect(blind.text).toContain("cannot be read. Refresh it: `terraform plan`.");
      await scene().at("2026-03-11T12:00:00Z");
      await settled(scene());
      expect(await snapshotsIn(scene())).toHaveLength(2);
    });

    it("has to be there for a destroy that deletes", async () => {
      await scene().write(policy('on_destroy = "delete"'));
      await settled(scene());
      await scene().at("2026-03-11T12:00:00Z");
      await settled(scene());
      await tamper(scene(), () => null);
      const blind = await scene().run("destroy", "-auto-approve", "-refresh=false");
      expect(blind.status).toBe(1);
      expect(blind.text).toContain("Not known what would be deleted");
      expect(await snapshotsIn(scene())).toHaveLength(2);
      const seen = await scene().run("destroy", "-auto-approve");
      expect(seen.status, seen.text).toBe(0);
      expect(seen.text).toContain("1 snapshot deleted with it, 1 kept");
    });
  },
);
