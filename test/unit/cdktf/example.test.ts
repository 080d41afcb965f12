// The stacks of examples/cdktf, as a team would test its own.
import { Testing } from "cdktf";
import { describe, expect, test } from "vitest";
import { ProductionStack, StagingStack } from "../../../examples/cdktf/stacks.ts";

const folders = { data: "/srv/search", tenants: ["acme", "globex"] };

describe("the stacks of the example", () => {
  test("protect every table of production", () => {
    const text = Testing.synth(new ProductionStack(Testing.app(), "production", folders), true);
    const { resource } = JSON.parse(text) as {
      resource: Record<string, Record<string, { name: string }>>;
    };
    const names = Object.values(resource["snapform_backup_policy"] ?? {}).map(({ name }) => name);
    expect(names.toSorted()).toEqual(["passages", "tenants-acme", "tenants-globex"]);
    expect(
      Testing.toHaveResourceWithProperties(text, "snapform_snapshot", { name: "before-go-live" }),
    ).toBe(true);
  });

  test("refresh staging from the repository of production, without its cluster", () => {
    const text = Testing.synth(new StagingStack(Testing.app(), "staging", folders), true);
    expect(
      Testing.toHaveResourceWithProperties(text, "snapform_restore", {
        from: { repository: "vault", cluster: "production", collection: "passages" },
      }),
    ).toBe(true);
    expect(text).not.toContain("/srv/search/production");
  });
});
