import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { engines } from "./engines.ts";

const scratch = mkdtempSync(join(tmpdir(), "snapform-yaml-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const good = `
version: 1
project: search
clusters:
  prod: { engine: qdrant, nodes: ["https://a.example:6333"], apiKey: "\${env:PROD_KEY}" }
policies:
  nightly: { cluster: prod, collections: ["docs-*"], schedule: { cron: "0 2 * * *" }, retention: keep }
snapshots:
  before: { cluster: prod, collection: docs-en }
restores:
  staging: { from: { snapshot: before }, to: { cluster: prod, collection: docs-copy } }
`;

describe.each(engines)("SnapformConfig on $name", ({ cdk, ours }) => {
  const { App, Testing, TerraformStack, TerraformOutput } = cdk;
  type Stack = InstanceType<typeof TerraformStack>;

  function stackOf(): Stack {
    return new TerraformStack(new App({ outdir: join(scratch, "cdktf.out") }), "backups");
  }

  function fromYaml(
    stack: Stack,
    texts: readonly string[],
    id = "config",
  ): InstanceType<typeof ours.SnapformConfig> {
    const files = texts.map((text, index) => {
      const file = `part-${index}.yaml`;
      writeFileSync(join(scratch, file), text);
      return file;
    });
    return ours.SnapformConfig.fromYaml(stack, id, { files, directory: scratch, env: {} });
  }

  test("gives the constructs by name, for code to go on with", () => {
    const stack = stackOf();
    const config = fromYaml(stack, [good]);
    config.policy("nightly").input.description = "from code";
    config.policy("nightly").addOverride("runs", "external");
    config.snapshot("before").dependsOn = ["snapform_backup_policy.nightly"];
    new TerraformOutput(stack, "newest", { value: config.policy("nightly").newestRestorable });
    const text = Testing.synth(stack, true);
    expect(text).toContain("${snapform_backup_policy.nightly.newest_restorable}");
    expect(JSON.parse(text)).toMatchObject({
      resource: {
        snapform_backup_policy: { nightly: { description: "from code", runs: "external" } },
        snapform_snapshot: { before: { depends_on: ["snapform_backup_policy.nightly"] } },
        snapform_restore: { staging: { from: { snapshot: "${snapform_snapshot.before.name}" } } },
      },
    });
  });

  test("makes a secret a sensitive variable, with no value", () => {
    const stack = stackOf();
    const config = fromYaml(stack, [good]);
    expect([...config.variables.keys()]).toEqual(["PROD_KEY"]);
    expect(JSON.parse(Testing.synth(stack))).toMatchObject({
      provider: { snapform: [{ clusters: { prod: { api_key: "${var.PROD_KEY}" } } }] },
      variable: { PROD_KEY: { sensitive: true, type: "string" } },
    });
  });

  test("writes relative paths as seen from the folder of the stack", () => {
    const stack = stackOf();
    const local = "\n  local: { engine: lancedb, uri: ./data }\n";
    fromYaml(stack, [good.replace("\nclusters:\n", `\nclusters:${local}`)]);
    expect(Testing.synth(stack)).toContain('"uri": "../../../data"');
  });

  test("names the nearest one when asked for what is not declared", () => {
    const config = fromYaml(stackOf(), [good]);
    expect(() => config.policy("nigthly")).toThrow("the YAML declares no policy");
    try {
      config.policy("nigthly");
    } catch (error) {
      expect((error as { hint: string }).hint).toContain('Did you mean "nightly"?');
    }
  });

  test("refuses a second one in the same stack", () => {
    const stack = stackOf();
    fromYaml(stack, [good]);
    expect(() => fromYaml(stack, [good], "again")).toThrow(/^backups\/again: .*backups\/config/);
  });

  test("tells every mistake of every file with its place, at once", () => {
    const bad = `
version: 1
project: search
clusters:
  prod: { engine: qdrant, nodes: ["https://a.example:6333"] }
policies:
  weekly:
    cluster: staging
    collections: ["docs-*"]
    schedule: { cron: "0 99 * * *" }
    retention: { within: 3 weeks }
    retnetion: keep
`;
    let text = "";
    try {
      fromYaml(stackOf(), [good, bad]);
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text.match(/part-\d\.yaml:\d+:\d+, in [\w.]+/g)).toEqual([
      "part-1.yaml:5:3, in clusters.prod",
      "part-1.yaml:8:14, in policies.weekly.cluster",
      "part-1.yaml:10:23, in policies.weekly.schedule.cron",
      "part-1.yaml:11:26, in policies.weekly.retention.within",
      "part-1.yaml:12:5, in policies.weekly",
    ]);
  });

  test("wants variables whose values are written, and only those", () => {
    const policy = '  nightly: { cluster: prod, description: "${env:PROD_KEY}",';
    const text = good.replace("  nightly: { cluster: prod,", policy);
    expect(() => fromYaml(stackOf(), [text])).toThrow(
      /part-0\.yaml:\d+:\d+, in policies\.nightly\.description:[^]*PROD_KEY is not set/,
    );
  });

  test("says what Terraform has no way to be told", () => {
    const removed = 'removed: { "policy.old": { deleteSnapshots: true } }\n';
    expect(() => fromYaml(stackOf(), [good + removed])).toThrow(
      /part-0\.yaml:12:45, in removed\["policy\.old"\]\.deleteSnapshots:[^]*cannot be told so/,
    );
    expect(() => fromYaml(stackOf(), [good + removed.replace("true", "false")])).not.toThrow();
  });
});
