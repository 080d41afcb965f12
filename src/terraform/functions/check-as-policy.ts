// terraform/functions/ is what configurations can call without a world: schedules and retention as
// the policies have them. May know the words and the schema of the provider; no workspace, no now.
// Invariant: what a policy refuses is refused here in the same words, and what it takes counts.
import type { DesiredPolicy } from "../../desired/desired.ts";
import { resolveResource } from "../schema/convert.ts";
import type { TerraformObject } from "../schema/schema.ts";

/** As good a place as any: nothing is opened, and nothing of it is looked at. */
const SOMEWHERE = { env: {}, directory: "/" };

const PROVIDER: TerraformObject = {
  project: "any",
  state: { path: "state" },
  clusters: { any: { engine: "lancedb", uri: "data" } },
  repositories: { any: { type: "filesystem", path: "vault" } },
  defaults: null,
};

/** Reads a part of a policy as the whole would be read; the text is what is wrong with it. */
export function checkAsPolicy(
  part: Partial<Record<"schedule" | "retention", TerraformObject>>,
): DesiredPolicy | string {
  const policy: TerraformObject = {
    name: "any",
    cluster: "any",
    collections: ["*"],
    schedule: { cron: "0 0 * * *" },
    retention: { keep_all: true },
    repository: "any",
    ...part,
  };
  const resolved = resolveResource("snapform_backup_policy", policy, PROVIDER, SOMEWHERE);
  const { desired, mistakes } = resolved;
  const errors = mistakes.filter(({ severity }) => severity === "error");
  const [found] = desired?.policies ?? [];
  return found ?? errors.map(({ detail }) => detail).join(" ");
}
