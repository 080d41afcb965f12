import { describe, expect, it } from "vitest";
import type { EngineDriver } from "../../../../src/engine/driver.ts";
import { SnapformError } from "../../../../src/errors/index.ts";
import { pointsOf } from "../../../crash/points.ts";
import { show } from "./mini-terraform.ts";
import { policy, POLICY, Stage } from "./stage.ts";

/** Collections of which no snapshot can be taken. */
function failing(names: Set<string>): (driver: EngineDriver) => EngineDriver {
  return (driver) => ({
    ...driver,
    capture: (request, context) => {
      if (names.has(request.collection)) {
        throw new SnapformError("unavailable", `${request.collection} does not answer`);
      }
      return driver.capture!(request, context);
    },
  });
}

const errors = (said: readonly { readonly severity: string }[]) =>
  said.filter(({ severity }) => severity === "error");

describe("an apply that goes wrong", () => {
  it("leaves no object when nothing was made", async () => {
    const stage = await Stage.open({ wrap: failing(new Set(["docs", "images"])) });
    const { said } = await stage.apply(POLICY, policy());
    expect(errors(said)).toHaveLength(2);
    expect(stage.terraform.objects.size).toBe(0);
  });

  it("leaves a whole object with a warning when something was made, and goes on next time", async () => {
    const broken = new Set(["images"]);
    const stage = await Stage.open({ wrap: failing(broken) });
    await stage.terraform.begin();
    const change = await stage.plan(POLICY, policy());
    const said = await stage.carryOut(POLICY, policy(), change);
    expect(errors(said)).toEqual([]);
    expect(said).toMatchObject([{ severity: "warning", summary: "Could not create a snapshot" }]);
    expect(said[0]?.detail).toContain("images does not answer");
    expect(stage.status()).toBe("incomplete");
    expect(stage.changes()).toHaveLength(1);

    broken.clear();
    const next = await stage.apply(POLICY, policy());
    expect(next.change.action).toBe("update");
    expect(show(next.change.planned)["changes"]).toHaveLength(1);
    expect(stage.status()).toBe("ok");
  });

  it("is an error of an update, which keeps what it has and goes on next time", async () => {
    const broken = new Set<string>();
    const stage = await Stage.open({ wrap: failing(broken) });
    await stage.apply(POLICY, policy());
    stage.days(1);
    broken.add("images");
    const { said } = await stage.apply(POLICY, policy());
    expect(errors(said)).toHaveLength(1);
    expect(stage.status()).toBe("incomplete");
    expect(stage.changes()).toHaveLength(1);
    expect(stage.changes()[0]).toContain("prod/docs");
    broken.clear();
    await stage.apply(POLICY, policy());
    expect(stage.status()).toBe("ok");
  });

  it("does nothing of a plan that no longer fits", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, policy());
    stage.days(1);
    const change = await stage.plan(POLICY, policy());
    stage.prod.recreate("docs");
    const before = stage.terraform.objects.get(POLICY)?.state;
    const said = await stage.carryOut(POLICY, policy(), change);
    expect(errors(said)).toHaveLength(1);
    expect(said[0]?.detail).toContain("was dropped and made anew");
    expect(stage.terraform.objects.get(POLICY)?.state).toEqual(before);
  });

  it("skips what has been done meanwhile, and says so", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, policy());
    stage.days(1);
    const change = await stage.plan(POLICY, policy());
    await stage.apply("snapform_backup_policy.twin", policy());
    const said = await stage.carryOut(POLICY, policy(), change);
    expect(said).toMatchObject([
      { severity: "warning", summary: "The world has moved since the plan" },
    ]);
    expect(stage.changes()).toEqual(show(change.planned)["changes"]);
    expect((await stage.plan(POLICY, policy())).action).toBe("no-op");
  });

  it("stops when Terraform says so, and goes on with the next apply", async () => {
    const { promise: docsAreDone, resolve } = Promise.withResolvers<void>();
    let isStopping = true;
    const stage: Stage = await Stage.open({
      wrap: (driver) => ({
        ...driver,
        capture: async (request, context) => {
          if (request.collection === "images" && isStopping) {
            await docsAreDone;
            stage.terraform.server.stop();
            context.signal.throwIfAborted();
          }
          const capture = await driver.capture!(request, context);
          return { ...capture, close: () => capture.close().then(resolve) };
        },
      }),
    });
    const change = await stage.plan(POLICY, policy());
    const said = await stage.carryOut(POLICY, policy(), change);
    expect(errors(said)).toEqual([]);
    expect(said.map(({ summary }) => summary)).toContain("Stopped before the end");
    isStopping = false;
    const next = await stage.apply(POLICY, policy());
    expect(show(next.change.planned)["changes"]).toHaveLength(1);
    expect(stage.status()).toBe("ok");
  });

  it("is recovered by a policy of another cluster, and not in the way of its own", async () => {
    let isSilent = true;
    const stage = await Stage.open({
      flavour: { create: "native" },
      wrap: (driver, cluster) => ({
        ...driver,
        createNative: (request, context) => {
          if (cluster === "side" && isSilent) throw new SnapformError("unavailable", "silent");
          return driver.createNative!(request, context);
        },
      }),
    });
    stage.side.createCollection("b", pointsOf(0, 3));
    const here = policy({ collections: ["docs"], repository: null });
    const there = policy({ name: "b", cluster: "side", collections: ["b"], repository: null });
    const other = "snapform_backup_policy.b";
    await stage.apply(POLICY, here);
    expect(errors((await stage.apply(other, there)).said)).toHaveLength(1);
    isSilent = false;
    stage.days(1);
    await stage.terraform.begin();
    await stage.terraform.refresh(POLICY);
    const first = await stage.terraform.plan(POLICY, here);
    const second = await stage.terraform.plan(other, there);
    await stage.terraform.begin();
    expect(await stage.terraform.apply(POLICY, here, first)).toEqual([]);
    expect(await stage.terraform.apply(other, there, second)).toEqual([]);
    expect(stage.status(other)).toBe("ok");
  });

  it("is not stopped by what happens at the same time in one process", async () => {
    const stage = await Stage.open();
    const names = ["a", "b", "c", "d"];
    await stage.terraform.begin();
    const addresses = names.map(
      (name) => [`snapform_backup_policy.${name}`, policy({ name })] as const,
    );
    const all = await Promise.all(
      addresses.map(async ([address, config]) => {
        const change = await stage.terraform.plan(address, config);
        return stage.terraform.apply(address, config, change);
      }),
    );
    expect(all.flat()).toEqual([]);
    await stage.terraform.begin();
    stage.looks = 0;
    await Promise.all(addresses.map(([address]) => stage.terraform.refresh(address)));
    expect(stage.looks).toBe(1);
    for (const [address, config] of addresses) {
      expect((await stage.terraform.plan(address, config)).action).toBe("no-op");
    }
  });
});

describe("secrets", () => {
  it("stand in no state, plan, diagnostic or log", async () => {
    const secret = "hunter2-hunter2";
    const stage = await Stage.open({
      provider: {
        clusters: {
          prod: {
            engine: "qdrant",
            nodes: [{ url: "https://prod.example:6333" }],
            api_key: secret,
          },
        },
      },
      wrap: (driver) => ({
        ...driver,
        capture: () => {
          throw new SnapformError("unauthenticated", `the key ${secret} is wrong`);
        },
      }),
    });
    const { said, change } = await stage.apply(POLICY, policy());
    expect(errors(said).length).toBeGreaterThan(0);
    const texts = [JSON.stringify(said), Buffer.from(change.private).toString()];
    expect([...texts, ...stage.terraform.logged].join("\n")).not.toContain(secret);
  });
});
