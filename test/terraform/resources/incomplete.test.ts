import { describe, expect, it } from "vitest";
import { instanceOf } from "../running.ts";
import { findTerraform } from "../terraform-binary.ts";
import { settled, snapshotsIn, useScene } from "./debug-scene.ts";
import { policy, POLICY } from "./scene.ts";

const binary = findTerraform();

/** One of the two collections does not exist yet. */
const both = (more = ""): string => policy(more).replace('["docs"]', '["docs", "images"]');

const demand = `lifecycle {
    postcondition {
      condition     = self.status == "ok"
      error_message = "policy.\${self.name} is \${self.status}."
    }
  }`;

/** As docs/terraform.md has it. */
const output = `
output "protected" {
  value = ${POLICY}.status == "ok"
}
`;

const check = `
check "protected" {
  assert {
    condition     = ${POLICY}.status == "ok"
    error_message = "It is \${${POLICY}.status}."
  }
}
`;

describe.skipIf(binary === null)("a policy of which a part fails", { timeout: 240_000 }, () => {
  const scene = useScene(binary ?? "");

  it("is made with a warning, and a status for an output and a check block", async () => {
    await scene().write(both() + output + check);
    const first = await scene().apply();
    expect(first.status, first.text).toBe(0);
    expect(first.text).toContain("Warning: Not everything can be done now");
    expect(first.text).toContain("Check block assertion failed");
    expect(await scene().attributes(POLICY)).toMatchObject({ status: "incomplete" });
    expect((await scene().run("output", "-raw", "protected")).text).toBe("false");
    expect(await snapshotsIn(scene())).toHaveLength(1);

    await scene().table("images", 2);
    await settled(scene());
    expect(await scene().attributes(POLICY)).toMatchObject({ status: "ok" });
    expect((await scene().run("output", "-raw", "protected")).text).toBe("true");
    expect(await snapshotsIn(scene())).toHaveLength(1);
    expect(await snapshotsIn(scene(), "local", "images")).toHaveLength(1);
  });

  it("fails by a postcondition the run and every later plan, and loses nothing", async () => {
    await scene().write(both(demand));
    const first = await scene().apply();
    expect(first.status).toBe(1);
    expect(first.text).toContain("policy.nightly is incomplete.");
    expect(await snapshotsIn(scene())).toHaveLength(1);
    expect((await instanceOf(scene().folder, POLICY))?.["status"]).toBeUndefined();
    expect((await scene().run("plan")).status).toBe(1);

    await scene().table("images", 2);
    expect(await settled(scene())).toContain("0 added, 1 changed, 0 destroyed");
    expect(await snapshotsIn(scene())).toHaveLength(1);
    await scene().at("2026-03-11T12:00:00Z");
    await settled(scene());
  });
});
