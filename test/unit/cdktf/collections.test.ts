import { describe, expect, test } from "vitest";
import { engines } from "./engines.ts";
import { appOptions } from "./scratch.ts";

describe.each(engines)("constructs of collections on $name", ({ cdk, ours }) => {
  const { Aspects, Testing, TerraformStack, TerraformVariable, TerraformDataSource } = cdk;
  type Stack = InstanceType<typeof TerraformStack>;

  function stackOf(): Stack {
    const stack = new TerraformStack(Testing.app(appOptions), "stack");
    new ours.SnapformProvider(stack, "snapform", {
      project: "p",
      clusters: { local: { engine: "lancedb", uri: "./data" } },
      repositories: { vault: { type: "filesystem", path: "./vault" } },
    });
    return stack;
  }

  interface Resource {
    readonly name: string;
    readonly schedule: { readonly cron: string };
    readonly collections: readonly string[];
    readonly from: object;
  }

  function resources(stack: Stack, type: string): Record<string, Resource> {
    const made = JSON.parse(Testing.synth(stack, true)) as {
      resource: Record<string, Record<string, Resource>>;
    };
    return made.resource[type] ?? {};
  }

  function refusal(stack: Stack): string {
    try {
      Testing.synth(stack, true);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  }

  const schedule = { cron: "0 2 * * *" };
  const retention = ours.RetentionRules.daily();

  test("a protected collection has a policy, a first snapshot and a restore", () => {
    const stack = stackOf();
    new ours.ProtectedCollection(stack, "docs", {
      cluster: "local",
      collection: "docs",
      schedule,
      retention,
      repository: "vault",
      firstSnapshot: true,
      restoreTo: { cluster: "local", collection: "docs-drill", check: "count" },
    });
    const [policy] = Object.values(resources(stack, "snapform_backup_policy"));
    expect(policy).toMatchObject({ name: "docs", collections: ["docs"], repository: "vault" });
    const [first] = Object.values(resources(stack, "snapform_snapshot"));
    expect(first).toMatchObject({ name: "docs-first", collection: "docs", repository: "vault" });
    const [restore] = Object.values(resources(stack, "snapform_restore"));
    expect(restore).toMatchObject({
      name: "docs-restored",
      from: {
        policy: expect.stringMatching(/^\$\{snapform_backup_policy\.docs_policy_\w+\.name\}$/),
        cluster: "local",
        collection: "docs",
      },
      to: { cluster: "local", collection: "docs-drill" },
      check: "count",
    });
  });

  test("names after collections differ where their characters have to be replaced", () => {
    const stack = stackOf();
    const names = ["db/docs", "db.docs"].map((collection, index) => {
      const props = { cluster: "local", collection, schedule, retention };
      return new ours.ProtectedCollection(stack, `c${index}`, props).policy.input.name;
    });
    expect(names).toEqual([
      expect.stringMatching(/^db-docs-[0-9a-f]{6}$/),
      expect.stringMatching(/^db-docs-[0-9a-f]{6}$/),
    ]);
    expect(new Set(names).size).toBe(2);
  });

  test("presets of retention are what their names say", () => {
    const { daily, grandfatherFatherSon, compliance } = ours.RetentionRules;
    expect(daily()).toEqual({ daily: 7 });
    expect(daily(30)).toEqual({ daily: 30 });
    expect(grandfatherFatherSon()).toEqual({ daily: 7, weekly: 5, monthly: 12 });
    expect(grandfatherFatherSon({ daily: 14, yearly: 3 })).toEqual({
      daily: 14,
      weekly: 5,
      monthly: 12,
      yearly: 3,
    });
    expect(compliance({ years: 7 })).toEqual({ within: "30d", withinMonthly: "7y", minKeep: 3 });
  });

  test("presets pass the checks of a policy", () => {
    const stack = stackOf();
    const { daily, grandfatherFatherSon, compliance } = ours.RetentionRules;
    [daily(), grandfatherFatherSon({ yearly: 3 }), compliance({ years: 10 })].forEach(
      (rules, at) => {
        const props = { cluster: "local", collection: `c${at}`, schedule, retention: rules };
        new ours.ProtectedCollection(stack, `c${at}`, props);
      },
    );
    expect(Object.keys(resources(stack, "snapform_backup_policy"))).toHaveLength(3);
  });

  describe("a fleet", () => {
    const names = Array.from({ length: 40 }, (_, index) => `docs-${index}`);

    function crons(collections: readonly string[], start = "01:00", length = "4h"): string[] {
      const stack = stackOf();
      const fleet = new ours.BackupFleet(stack, "fleet", {
        name: "fleet",
        cluster: "local",
        collections,
        window: { start, length, timezone: "Europe/Berlin" },
        retention,
      });
      expect(Object.keys(resources(stack, "snapform_backup_policy"))).toHaveLength(
        collections.length,
      );
      return collections.map((each) => {
        const input = fleet.policies.get(each)?.input.schedule as { cron: string } | undefined;
        return input?.cron ?? "";
      });
    }

    test("begins inside of its window, spread over it", () => {
      const minutes = crons(names).map((cron) => {
        const [minute, hour] = cron.split(" ").map(Number);
        return (hour ?? 0) * 60 + (minute ?? 0);
      });
      expect(Math.min(...minutes)).toBeGreaterThanOrEqual(60);
      expect(Math.max(...minutes)).toBeLessThan(300);
      expect(new Set(minutes).size).toBeGreaterThan(30);
    });

    test("leaves each where it is when others come and go", () => {
      expect(crons(names.slice(0, 10).toReversed())).toEqual(
        crons(names).slice(0, 10).toReversed(),
      );
    });

    test("may last over midnight", () => {
      for (const cron of crons(names, "23:30", "1h")) {
        expect(cron).toMatch(/^([3-5]\d 23|[12]?\d 0) /);
      }
    });

    test.each([
      ["25:00", "4h", "stack/fleet: window.start: expected HH:MM"],
      ["01:00", "4 hours", "stack/fleet: window.length: "],
      ["01:00", "90s", "stack/fleet: window.length: expected whole minutes"],
      ["01:00", "25h", "stack/fleet: window.length: expected whole minutes up to a day"],
    ])("refuses the window %s for %s, and says where", (start, length, message) => {
      expect(() => crons(["docs"], start, length)).toThrow(message);
    });

    test("refuses a collection that stands there twice, and one not known yet", () => {
      expect(() => crons(["docs", "docs"])).toThrow("stack/fleet: collections:");
      const stack = stackOf();
      const later = new TerraformVariable(stack, "later", { type: "string" });
      expect(
        () =>
          new ours.BackupFleet(stack, "fleet", {
            name: "fleet",
            cluster: "local",
            collections: [later.stringValue],
            window: { start: "01:00", length: "4h" },
            retention,
          }),
      ).toThrow("stack/fleet: the collection is not known yet");
    });
  });

  describe("required policies", () => {
    function withPolicy(collections: readonly string[], cluster = "local"): Stack {
      const stack = stackOf();
      const name = "nightly";
      new ours.BackupPolicy(stack, name, { name, cluster, collections, schedule, retention });
      return stack;
    }

    test("pass where patterns cover what is listed", () => {
      const stack = withPolicy(["docs-*", "!docs-tmp"]);
      Aspects.of(stack).add(new ours.RequirePolicies({ collections: ["local/docs-en"] }));
      expect(refusal(stack)).toBe("");
    });

    test("fail for each listed collection without a policy, at every synthesis once", () => {
      const stack = withPolicy(["docs-*", "!docs-tmp"]);
      const collections = ["local/docs-tmp", "other/docs-en", "local/docs-en"];
      Aspects.of(stack).add(new ours.RequirePolicies({ collections }));
      for (const _ of ["first", "again"]) {
        const lines = refusal(stack)
          .split("\n")
          .filter((line) => line.includes("[stack"));
        expect(lines).toEqual([
          expect.stringContaining('[stack] No policy protects the collection "local/docs-tmp"'),
          expect.stringContaining('[stack] No policy protects the collection "other/docs-en"'),
        ]);
      }
    });

    test("fail for what holds a collection, with its path, comparing tokens as expressions", () => {
      const stack = withPolicy(["docs"]);
      const holder = (id: string): object =>
        new TerraformDataSource(stack, id, { terraformResourceType: "vectors_collection" });
      const held = [holder("covered"), holder("bare")] as InstanceType<
        typeof TerraformDataSource
      >[];
      const [covered, bare] = held;
      new ours.BackupPolicy(stack, "by-reference", {
        name: "by-reference",
        cluster: "local",
        collections: [covered?.getStringAttribute("name") ?? ""],
        schedule,
        retention,
      });
      Aspects.of(stack).add(
        new ours.RequirePolicies({
          heldBy: (construct) =>
            TerraformDataSource.isTerraformDataSource(construct)
              ? { cluster: "local", collection: construct.getStringAttribute("name") }
              : null,
        }),
      );
      const text = refusal(stack);
      expect(text).toContain(`[${bare?.node.path}] No policy protects`);
      expect(text).not.toContain("[stack/covered]");
    });

    test("take a policy over patterns that are not known yet for one that may protect", () => {
      const stack = stackOf();
      const later = new TerraformVariable(stack, "later", { type: "list(string)" });
      new ours.BackupPolicy(stack, "nightly", {
        name: "nightly",
        cluster: "local",
        collections: later.listValue as string[],
        schedule,
        retention,
      });
      const collections = ["local/docs", "other/docs"];
      Aspects.of(stack).add(new ours.RequirePolicies({ collections }));
      const text = refusal(stack);
      expect(text).not.toContain("local/docs");
      expect(text).toContain("other/docs");
    });

    test.each([
      [{ daily: 7 }, { daily: 7 }, []],
      [{ daily: 7 }, { daily: 14 }, ["daily"]],
      [{ last: 30 }, { daily: 7 }, ["daily"]],
      [{ keepAll: true }, { daily: 7, monthly: 6 }, []],
      [{ weekly: "all" }, { weekly: 52 }, []],
      [{ withinDaily: "14d" }, { daily: 14 }, []],
      [{ within: "13d" }, { daily: 14 }, ["daily"]],
      [{ withinMonthly: "1y" }, { monthly: 11, yearly: 1 }, ["yearly"]],
      [{ daily: 7 }, { daily: 7, minKeep: 3 }, ["minKeep"]],
    ])("hold the retention %j against the floor %j", (rules, retentionFloor, under) => {
      const stack = stackOf();
      const name = "nightly";
      const policy = { name, cluster: "local", collections: ["*"], schedule, retention: rules };
      new ours.BackupPolicy(stack, name, policy);
      Aspects.of(stack).add(new ours.RequirePolicies({ retentionFloor }));
      const found = [...refusal(stack).matchAll(/\[stack\/nightly\] retention\.(\w+): Under/g)];
      expect(found.map(([, rule]) => rule)).toEqual(under);
    });
  });
});
