// The YAML applied directly, and the project synthesized from it applied by the real Terraform, on
// two copies of the same data: the same snapshots exist afterwards.
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROVIDER_ADDRESS } from "../../../src/terraform/provider.ts";
import { openStage, type Stage } from "../cli/stage.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const found = spawnSync("terraform", ["version", "-json"], { encoding: "utf8" });
const platform =
  found.error === undefined ? (JSON.parse(found.stdout) as { platform: string }).platform : null;
const reason = "the real `terraform` is not on the path";

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

function terraform(stage: Stage, ...args: readonly string[]): void {
  const version = "0.1.0";
  const folder = join("mirror", PROVIDER_ADDRESS, version, platform ?? "");
  const program = join(folder, `terraform-provider-snapform_v${version}`);
  const main = join(root, "src", "terraform", "main.ts");
  stage.write(program, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(stage.path(program), 0o755);
  const mirror = JSON.stringify(stage.path("mirror"));
  stage.write("terraformrc", `provider_installation { filesystem_mirror { path = ${mirror} } }\n`);
  const run = spawnSync("terraform", args, {
    cwd: stage.path("infra"),
    encoding: "utf8",
    env: {
      ...process.env,
      CHECKPOINT_DISABLE: "1",
      TF_CLI_CONFIG_FILE: stage.path("terraformrc"),
      TF_CLI_ARGS: "-no-color",
    },
  });
  expect(run.status, run.stdout + run.stderr).toBe(0);
}

const named = `
snapshots:
  before: { cluster: CLUSTER, collection: docs, repository: vault }
`;

describe("a configuration and the project made of it", () => {
  test.skipIf(platform === null).each(["quickstart", "state-lost", "pull-request"])(
    `leave the same snapshots of the example %s${platform === null ? ` (skipped: ${reason})` : ""}`,
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
      terraform(synthesized, "init");
      terraform(synthesized, "apply", "-auto-approve");
      const expected = await inventory(direct);
      expect(expected).toHaveLength(3);
      expect(await inventory(synthesized)).toEqual(expected);
      // And each way finds what the other has made: there is nothing left to do.
      const plan = await synthesized.snapform("plan", "--detailed-exitcode");
      expect(plan.status, plan.stdout + plan.stderr).toBe(0);
    },
  );
});
