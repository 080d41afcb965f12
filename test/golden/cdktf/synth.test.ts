// Sessions with `snapform synth`: the file that it writes, and what it says.
import { writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { config, openStage } from "../cli/stage.ts";

const secretful = `
  prod:
    engine: qdrant
    nodes: ["https://a.example:6333"]
    apiKey: \${env:PROD_KEY}
`;

describe("snapform synth", () => {
  test("writes the project, says so, and finds nothing new the second time", async () => {
    const stage = openStage();
    const first = await stage.snapform("synth", "--out", "infra");
    expect(first).toEqual({
      status: 0,
      stdout: "Wrote infra/cdk.tf.json: 1 resource.\n",
      stderr: "",
    });
    const before = stage.tree();
    const second = await stage.snapform("synth", "--out", "infra");
    expect(second.stdout).toBe("Nothing new in infra/cdk.tf.json: 1 resource.\n");
    expect(stage.tree()).toEqual(before);
    expect(Object.keys(stage.tree("infra"))).toEqual(["cdk.tf.json"]);
  });

  test("names the variables that stand for secrets, which need not be set", async () => {
    const stage = openStage();
    stage.write("snapform.yaml", config().replace("clusters:\n", `clusters:${secretful}`));
    const { status, stdout } = await stage.snapform("synth");
    expect(status).toBe(0);
    expect(stdout).toContain("Give Terraform the secrets in TF_VAR_PROD_KEY.\n");
    expect(stage.read("cdk.tf.json")).toContain('"api_key": "${var.PROD_KEY}"');
  });

  test("leaves a file alone that it did not write", async () => {
    const stage = openStage();
    stage.write("cdk.tf.json", "{}\n");
    const { status, stdout, stderr } = await stage.snapform("synth");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("cdk.tf.json was not written by snapform synth; nothing was written");
    expect(stage.read("cdk.tf.json")).toBe("{}\n");
  });

  test("tells every mistake with its place and writes nothing", async () => {
    const stage = openStage();
    const removed = 'removed: { "policy.old": { deleteSnapshots: true } }\n';
    const text = config({ retention: "{ daily: seven }" }).replace('"0 2', '"0 99');
    stage.write("snapform.yaml", text.replace("policies:\n", `${removed}policies:\n`));
    const { status, stdout, stderr } = await stage.snapform("synth");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr.match(/snapform\.yaml:\d+:\d+/g)).toHaveLength(3);
    expect(stderr).toContain("the configuration has 3 errors; nothing was done");
    expect(stage.files("", /cdk\.tf\.json/)).toEqual([]);
  });

  test("is the only command that loads the engine of constructs", () => {
    const stage = openStage();
    const hook = stage.path("hook.cjs");
    writeFileSync(
      hook,
      `process.on("exit", () => console.error(Object.keys(require.cache)
        .some((file) => /node_modules.(cdktf|cdktn|constructs)/.test(file))));`,
    );
    const main = join(process.cwd(), "src", "cli", "main.ts");
    const loads = (...args: readonly string[]): string => {
      const options = { cwd: stage.folder, encoding: "utf8" } as const;
      return spawnSync(process.execPath, ["--require", hook, main, ...args], options).stderr.trim();
    };
    expect(loads("validate")).toBe("false");
    expect(loads("--help")).toBe("false");
    expect(loads("synth")).toBe("true");
  });
});
