// The YAML applied directly, and the project synthesized from it applied by the real Terraform, on
// two copies of the same data: the same snapshots exist afterwards.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hasTerraform, installTerraform } from "../../terraform/installed-terraform.ts";
import { openStage, type Stage } from "../cli/stage.ts";

const root = join(import.meta.dirname, "..", "..", "..");

interface Listed {
  readonly snapshots: readonly {
    readonly address: string | null;
    readonly snapshot: {
      readonly cluster: string;
      readonly collection: string;
      readonly owner: object | null;
      readonly copies: readonly { readonly place: string; readonly status: string }[];
    };
  }[];
}

/** What exists, without what differs from one run to the next. */
async function inventory(stage: Stage): Promise<unknown> {
  const { stdout } = await stage.snapform("snapshots", "list", "--json");
  const { snapshots } = JSON.parse(stdout) as Listed;
  return snapshots
    .map(({ address, snapshot }) => {
      const copies = snapshot.copies.map(({ place, status }) => `${place} ${status}`);
      return [address, snapshot.cluster, snapshot.collection, ...copies].join(" ");
    })
    .toSorted();
}

const named = `
snapshots:
  before: { cluster: CLUSTER, collection: docs, repository: vault }
`;

describe("a configuration and the project made of it", () => {
  test.skipIf(!hasTerraform).each(["quickstart", "state-lost", "pull-request"])(
    "leave the same snapshots of the example %s",
    async (example) => {
      const yaml = readFileSync(join(root, "examples", example, "snapform.yaml"), "utf8").replace(
        '["passages"]',
        '["*"]',
      );
      const cluster = /clusters:\s+(\w+):/.exec(yaml)?.[1] ?? "";
      const [direct, synthesized] = [openStage(), openStage()];
      for (const stage of [direct, synthesized]) {
        stage.write("snapform.yaml", yaml + named.replace("CLUSTER", cluster));
        await stage.makeTable("docs", 10);
        await stage.makeTable("images", 5);
      }
      expect((await direct.snapform("apply", "--yes")).status).toBe(0);
      expect((await synthesized.snapform("synth", "--out", "infra")).status).toBe(0);
      installTerraform(synthesized.path("infra"))("apply", "-auto-approve");
      const expected = await inventory(direct);
      expect(expected).toHaveLength(3);
      expect(await inventory(synthesized)).toEqual(expected);
      // And each way finds what the other has made: there is nothing left to do.
      const plan = await synthesized.snapform("plan", "--detailed-exitcode");
      expect(plan.status, plan.stdout + plan.stderr).toBe(0);
    },
  );
});
