import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { engines } from "./engines.ts";
import { appOptions } from "./scratch.ts";

describe.each(engines)("checks of constructs on $name", ({ cdk, ours }) => {
  const { Testing, TerraformStack, TerraformVariable, TerraformIterator } = cdk;
  type Stack = InstanceType<typeof TerraformStack>;

  /** What synthesis says is wrong, line by line. */
  function mistakes(declare: (stack: Stack) => void): string[] {
    const stack = new TerraformStack(Testing.app(appOptions), "stack");
    declare(stack);
    try {
      Testing.synth(stack, true);
      return [];
    } catch (error) {
      const lines = (error as Error).message.split("\n");
      return lines.flatMap((line) => /^ *(\[.*)$/.exec(line)?.[1] ?? []);
    }
  }

  const provider = {
    project: "p",
    clusters: { local: { engine: "lancedb", uri: "./data" } },
    repositories: { vault: { type: "filesystem", path: "./vault" } },
  };
  const policy = {
    name: "nightly",
    cluster: "local",
    collections: ["*"],
    schedule: { cron: "0 2 * * *" },
    retention: { last: 3 },
    repository: "vault",
  };

  test("say nothing about what is right", () => {
    const found = mistakes((stack) => {
      new ours.SnapformProvider(stack, "snapform", provider);
      new ours.BackupPolicy(stack, "nightly", policy);
      new ours.DataSnapformSnapshots(stack, "found", { status: "complete" });
    });
    expect(found).toEqual([]);
  });

  test("tell every mistake with the path of its construct", () => {
    const found = mistakes((stack) => {
      new ours.SnapformProvider(stack, "snapform", provider);
      const wrong = { ...policy, schedule: { cron: "0 99 * * *" }, retention: {} };
      new ours.BackupPolicy(stack, "nightly", wrong);
      new ours.BackupPolicy(stack, "weekly", { ...policy, name: "weekly", cluster: "locl" });
      new ours.DataSnapformSnapshots(stack, "found", { status: "whole" });
      new ours.Restore(stack, "back", {
        name: "back",
        from: { policy: "nightly", cluster: "local", collection: "docs" },
        to: { cluster: "local", collection: "docs-2", keepReplaced: "7 days" },
      });
    });
    expect(found).toEqual([
      expect.stringMatching(/^\[stack\/nightly\] schedule\.cron: Invalid cron expression\. .*99/),
      expect.stringMatching(/^\[stack\/nightly\] retention: Empty retention\. .*`daily: 7`/),
      expect.stringMatching(/^\[stack\/weekly\] cluster: Unknown cluster\. .*Did you mean "local"/),
      expect.stringMatching(/^\[stack\/found\] status: Wrong value\. /),
      expect.stringMatching(/^\[stack\/back\] to\.keepReplaced: Invalid span of time\. /),
    ]);
  });

  test("tell a mistake of the provider at the provider only", () => {
    const found = mistakes((stack) => {
      const clusters = { q: { engine: "qdrant", nodes: [{ url: "ftp://a" }] } };
      new ours.SnapformProvider(stack, "snapform", { ...provider, clusters });
      new ours.BackupPolicy(stack, "nightly", policy);
    });
    expect(found).toEqual([
      expect.stringMatching(/^\[stack\/snapform\] clusters\.q\.nodes\[0\]\.url: Not a URL\. /),
    ]);
  });

  test("skip tokens, and what depends on them", () => {
    const found = mistakes((stack) => {
      const any = new TerraformVariable(stack, "any", { type: "any" });
      const each = TerraformIterator.fromList(["a", "b"]);
      new ours.SnapformProvider(stack, "snapform", {
        project: any.stringValue,
        clusters: { c: { engine: any.stringValue, uri: any.stringValue } },
        repositories: { vault: { type: "filesystem", path: "/a/${var.any}" } },
      });
      new ours.BackupPolicy(stack, "nightly", {
        ...policy,
        forEach: each,
        name: `n-${String(each.value)}`,
        cluster: any.stringValue,
        collections: any.listValue as string[],
        schedule: { cron: any.stringValue, timezone: any.stringValue },
        retention: { last: any.numberValue, minKeep: any.numberValue },
        repository: "${var.any}",
      });
    });
    expect(found).toEqual([]);
  });

  test("do not want secrets that may be in the environment of the provider", () => {
    const clusters = { cloud: { engine: "zilliz", address: "https://in01.example" } };
    const declare = (stack: Stack): void => {
      new ours.SnapformProvider(stack, "snapform", { ...provider, clusters });
    };
    expect(mistakes(declare)).toEqual([]);
  });

  test("warn of secrets in plain text, and of nothing that stands for one", async () => {
    const shown = once(process, "warning");
    const stack = new TerraformStack(Testing.app(appOptions), "stack");
    const key = new TerraformVariable(stack, "key", { sensitive: true });
    const nodes = [{ url: "https://a.example:6333", apiKey: "hunter2" }];
    const milvus = { engine: "milvus", address: "m:19530", username: "u" };
    const clusters = {
      "docs-eu": { engine: "qdrant", nodes, apiKey: key.stringValue },
      old: { ...milvus, password: "hunter3" },
      new: { ...milvus, password: "${var.key}" },
    };
    const made = new ours.SnapformProvider(stack, "snapform", { ...provider, clusters });
    Testing.synth(stack, true);
    Testing.synth(stack, true);
    const warnings = made.node.metadata
      .filter(({ type }) => type === "@cdktf/warn")
      .map(({ data }) => String(data));
    expect(warnings).toEqual([
      expect.stringMatching(/^clusters\.docs-eu\.nodes\[0\]\.apiKey: Secret in plain text\. /),
      expect.stringMatching(/^clusters\.old\.password: .* set SNAPFORM_OLD_PASSWORD where it runs/),
    ]);
    expect(warnings.join()).not.toContain("hunter");
    expect(String((await shown)[0])).toMatch(/^SnapformWarning: \[stack\/snapform\] clusters/);
  });

  test("refuse a name that is declared twice, unless at another provider", () => {
    const found = mistakes((stack) => {
      new ours.SnapformProvider(stack, "snapform", provider);
      const other = new ours.SnapformProvider(stack, "b", { ...provider, alias: "b" });
      new ours.BackupPolicy(stack, "one", policy);
      new ours.BackupPolicy(stack, "two", policy);
      new ours.BackupPolicy(stack, "three", { ...policy, provider: other });
    });
    expect(found).toEqual([
      '[stack/two] name: Declared twice. "nightly" is declared at stack/one already.',
    ]);
  });

  test("find the one that is wrong among many that are alike", () => {
    const found = mistakes((stack) => {
      new ours.SnapformProvider(stack, "snapform", provider);
      const alike = (id: string, change: object): void => {
        new ours.BackupPolicy(stack, id, { ...policy, name: id, ...change });
      };
      alike("a", {});
      alike("b", { name: "not a name" });
      alike("c", { collections: ["docs"] });
      alike("d", { collections: [] });
      alike("e", { collections: ["docs", "!!docs"] });
      alike("f", { collections: "docs" });
      alike("g", { formerNames: ["g"] });
    });
    expect(found.map((line) => line.replace(/: .*/, ""))).toEqual([
      "[stack/b] name",
      "[stack/d] collections",
      "[stack/e] collections[1]",
      "[stack/f] collections",
      "[stack/g] formerNames[0]",
    ]);
  });

  test("look again at what has changed since", () => {
    const stack = new TerraformStack(Testing.app(appOptions), "stack");
    const first = new ours.SnapformProvider(stack, "snapform", provider);
    const one = new ours.BackupPolicy(stack, "one", policy);
    const two = new ours.BackupPolicy(stack, "two", { ...policy, name: "weekly" });
    Testing.synth(stack, true);
    two.input.name = "nightly";
    expect(() => Testing.synth(stack, true)).toThrow("[stack/two] name: Declared twice");
    one.input.name = "hourly";
    Testing.synth(stack, true);
    first.input.clusters = { other: { engine: "lancedb", uri: "./data" } };
    expect(() => Testing.synth(stack, true)).toThrow("[stack/two] cluster: Unknown cluster");
  });

  test("refuse properties that do not exist", () => {
    const found = mistakes((stack) => {
      new ours.SnapformProvider(stack, "snapform", provider);
      const retention = { lats: 3, last: 3 };
      new ours.BackupPolicy(stack, "nightly", { ...policy, retention });
    });
    expect(found).toEqual([
      '[stack/nightly] retention.lats: Unknown property. There is none of this name. Did you mean "last"?',
    ]);
  });

  test("look at what an escape hatch makes of it", () => {
    const found = mistakes((stack) => {
      new ours.SnapformProvider(stack, "snapform", provider);
      const nightly = new ours.BackupPolicy(stack, "nightly", policy);
      nightly.addOverride("schedule.cron", "never");
    });
    expect(found).toEqual([expect.stringMatching(/^\[stack\/nightly\] schedule\.cron: /)]);
  });
});
