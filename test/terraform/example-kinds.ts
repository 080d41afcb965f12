import type { ResourceType } from "../../src/terraform/server/definition.ts";
import type { Attributes } from "../../src/terraform/wire/schema.ts";
import {
  isList,
  isTree,
  treeOf,
  UNKNOWN,
  type Tree,
  type Value,
} from "../../src/terraform/wire/value.ts";
import type { Example } from "./example-provider.ts";

const inner: Attributes = {
  label: { type: "string", required: true },
  level: { type: "number", optional: true },
  stamp: { type: "string", computed: true },
};

const settable: Attributes = {
  label: { type: "string", required: true },
  level: { type: "number", optional: true },
};

/** Every type of attribute and of block there is. It lives in Terraform's state only. */
export const kindsResource: ResourceType<Example> = {
  schema: {
    description: "All types of values.",
    attributes: {
      id: { type: "string", computed: true },
      text: { type: "string", optional: true },
      number: { type: "number", optional: true },
      flag: { type: "bool", optional: true },
      anything: { type: "dynamic", optional: true },
      list: { type: ["list", "string"], optional: true },
      set: { type: ["set", "number"], optional: true },
      map: { type: ["map", "string"], optional: true },
      object: { type: ["object", { a: "string", b: "number" }], optional: true },
      tuple: { type: ["tuple", ["string", "number"]], optional: true },
      numbers: { type: ["list", "number"], optional: true },
      one: { nested: { mode: "single", attributes: inner }, optional: true },
      many: { nested: { mode: "list", attributes: inner }, optional: true },
      some: { nested: { mode: "set", attributes: settable }, optional: true },
      named: { nested: { mode: "map", attributes: inner }, optional: true },
    },
    blocks: {
      single: { mode: "single", attributes: settable },
      rule: {
        mode: "list",
        attributes: settable,
        blocks: { step: { mode: "list", attributes: settable } },
      },
      choice: { mode: "set", attributes: settable },
    },
  },
  async read(_context, { state }) {
    return { state };
  },
  async create(_context, { planned }) {
    return { state: stamped(planned) };
  },
  async update(_context, { planned }) {
    return { state: stamped(planned) };
  },
  async delete() {},
};

/** Every unknown value becomes a stamp. */
function stamped(planned: Tree): Tree {
  const stamp = (value: Value): Value => {
    if (value === UNKNOWN) return "stamped";
    if (isList(value)) return value.map(stamp);
    if (!isTree(value)) return value;
    return treeOf(Object.entries(value).map(([name, each]) => [name, stamp(each)]));
  };
  return stamp(planned) as Tree;
}
