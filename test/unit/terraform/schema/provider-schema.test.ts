import { describe, expect, test } from "vitest";
import { CONFIG_SHAPE } from "../../../../src/desired/shape.gen.ts";
import type { Shape } from "../../../../src/desired/shape.ts";
import { camelCase, snakeCase } from "../../../../src/terraform/schema/names.ts";
import { PROVIDER_SCHEMA } from "../../../../src/terraform/schema/provider-schema.gen.ts";
import { isNested } from "../../../../src/terraform/schema/schema.ts";
import type {
  Attribute,
  Attributes,
  ObjectSchema,
} from "../../../../src/terraform/schema/schema.ts";

const { provider, resources, dataSources, functions } = PROVIDER_SCHEMA;
const objects: Readonly<Record<string, ObjectSchema>> = {
  provider,
  ...resources,
  ...dataSources,
};

function sectionShape(section: string): Shape {
  const shape = CONFIG_SHAPE.fields[section];
  if (shape?.kind !== "map") throw new Error(`${section} is no map`);
  return shape.values;
}

/** Every place of a shape, as `schedule.cron`. */
function placesOf(shape: Shape, prefix: string): string[] {
  if (shape.kind === "list") return placesOf(shape.items, prefix);
  if (shape.kind === "map") return placesOf(shape.values, prefix);
  if (shape.kind !== "object") return [];
  return Object.entries(shape.fields).flatMap(([name, field]) => {
    const place = `${prefix}${snakeCase(name)}`;
    return [place, ...placesOf(field, `${place}.`)];
  });
}

/** Every attribute with its place. */
function walk(attributes: Attributes, prefix = ""): (readonly [string, Attribute])[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const place = `${prefix}${name}`;
    const inner = isNested(attribute) ? walk(attribute.nested.attributes, `${place}.`) : [];
    return [[place, attribute] as const, ...inner];
  });
}

describe("the schema of the provider", () => {
  test.each([
    ["policies", "snapform_backup_policy"],
    ["snapshots", "snapform_snapshot"],
    ["restores", "snapform_restore"],
  ])("has everything of %s that YAML has", (section, type) => {
    const places = walk(resources[type]?.attributes ?? {}).map(([place]) => place);
    const wanted = placesOf(sectionShape(section), "");
    expect(wanted.filter((place) => !places.includes(place))).toEqual([]);
    expect(wanted.length).toBeGreaterThan(3);
  });

  test.each(["clusters", "repositories"])("has everything of %s that YAML has", (section) => {
    const places = walk(provider.attributes).map(([place]) => place);
    const wanted = placesOf(sectionShape(section), `${section}.`);
    expect(wanted.filter((place) => !places.includes(place))).toEqual([]);
  });

  test("leaves nothing of the top level without a place in Terraform", () => {
    const elsewhere = ["version", "policies", "snapshots", "restores", "moved", "removed"];
    const wanted = Object.keys(CONFIG_SHAPE.fields).filter((name) => !elsewhere.includes(name));
    expect(Object.keys(provider.attributes)).toEqual(expect.arrayContaining(wanted));
    for (const { attributes } of Object.values(resources)) {
      expect(Object.keys(attributes)).toEqual(
        expect.arrayContaining(["former_names", "on_destroy"]),
      );
    }
  });

  test("names things so that each name goes to camelCase and back", () => {
    const names = Object.values(objects).flatMap(({ attributes }) =>
      walk(attributes).map(([place]) => place.split(".").at(-1) ?? ""),
    );
    for (const name of names) expect(snakeCase(camelCase(name))).toBe(name);
    for (const place of placesOf(CONFIG_SHAPE, "")) {
      const name = place.split(".").at(-1) ?? "";
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    }
  });

  test.each(Object.entries(objects))("%s says of each attribute what it is", (_, schema) => {
    for (const [place, attribute] of walk(schema.attributes)) {
      const { required, optional, computed } = attribute;
      expect(attribute.description, place).toMatch(/^(\S.*[.:)])$/s);
      expect(attribute.description, place).not.toMatch(/\$\{env|[Pp]ut .* in quotes|of the file/);
      const compound = attribute.description.match(/`[a-z]+[A-Z]\w*`/);
      expect(compound, `${place} has a name of YAML`).toBeNull();
      expect(required ? !optional && !computed : optional || computed, place).toBe(true);
      if (isNested(attribute) || attribute.default === undefined) continue;
      if (attribute.enum) expect(attribute.enum).toContain(attribute.default);
    }
  });

  test("computes nothing in what Terraform gives only once", () => {
    const given = walk(provider.attributes);
    expect(given.filter(([, { computed }]) => computed).map(([place]) => place)).toEqual([]);
    const sources = Object.values(dataSources).flatMap(({ attributes }) => walk(attributes));
    const both = sources.filter(([, { computed, optional }]) => computed && optional);
    expect(both.map(([place]) => place)).toEqual([]);
  });

  test("hides exactly the secrets", () => {
    const places = Object.values(objects).flatMap(({ attributes }) => walk(attributes));
    const hidden = places.filter(([, { sensitive }]) => sensitive).map(([place]) => place);
    expect(hidden).toEqual([
      "clusters.nodes.api_key",
      "clusters.api_key",
      "clusters.token",
      "clusters.password",
    ]);
  });

  test("replaces a restore with another target and a policy on another cluster, never a snapshot", () => {
    const forced = Object.entries(resources).flatMap(([type, { attributes }]) =>
      walk(attributes)
        .filter(([, { forceNew }]) => forceNew)
        .map(([place]) => `${type}.${place}`),
    );
    expect(forced).toEqual([
      "snapform_backup_policy.cluster",
      "snapform_restore.to.cluster",
      "snapform_restore.to.collection",
    ]);
  });

  test("offers what the documentation says", () => {
    expect(Object.keys(resources)).toEqual([
      "snapform_backup_policy",
      "snapform_restore",
      "snapform_snapshot",
    ]);
    expect(Object.keys(dataSources)).toEqual([
      "snapform_collections",
      "snapform_recovery_points",
      "snapform_snapshots",
    ]);
    expect(functions["next_runs"]?.parameters.map(({ name, type }) => [name, type])).toEqual([
      ["schedule", ["map", "string"]],
      ["from", "string"],
      ["count", "number"],
    ]);
    expect(functions["retention_preview"]?.returns).toEqual([
      "list",
      ["object", { instant: "string", kept: "bool", reasons: ["list", "string"] }],
    ]);
  });
});
