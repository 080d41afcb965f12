import { setTimeout as after } from "node:timers/promises";
import { SnapformError } from "../../src/errors/index.ts";
import type { ProviderDefinition } from "../../src/terraform/server/definition.ts";
import { memberOf, UNKNOWN } from "../../src/terraform/wire/value.ts";
import { kindsResource } from "./example-kinds.ts";
import { openStore, type Store } from "./example-store.ts";
import { thingResource } from "./example-thing.ts";

/** What the example provider's configuration becomes. */
export interface Example {
  readonly store: Store;
  readonly token: string;
}

/** A provider that uses everything the framework has. Its world is a folder. */
export const exampleProvider: ProviderDefinition<Example> = {
  schema: {
    description: "A provider for tests.",
    attributes: {
      folder: { type: "string", optional: true, description: "Where things are kept." },
      token: { type: "string", optional: true, sensitive: true },
    },
  },
  validate: (config) =>
    config["folder"] === ""
      ? [
          {
            severity: "error",
            summary: "No folder",
            detail: "Name a folder.",
            path: ["folder"],
          },
        ]
      : [],
  async configure({ config, hasUnknown, log }) {
    if (hasUnknown) return { waiting: true };
    const { folder } = config;
    if (typeof folder !== "string") {
      throw new SnapformError("invalid-argument", "the folder is missing", { hint: "Set folder." });
    }
    const token = typeof config["token"] === "string" ? config["token"] : "";
    log("info", `opening with ${token}`, { folder, header: `Bearer ${token}` });
    await after(0);
    return { configured: { store: openStore(folder), token } };
  },
  resources: {
    example_thing: thingResource("example_thing"),
    example_object: thingResource("example_object"),
    example_kinds: kindsResource,
  },
  dataSources: {
    example_things: {
      schema: {
        attributes: {
          prefix: { type: "string", optional: true },
          names: { type: ["list", "string"], computed: true },
        },
      },
      async read({ configured }, config) {
        const things = await configured.store.list();
        const prefix = memberOf(config, "prefix");
        const names = things.map(({ name }) => name);
        const chosen = names.filter(
          (name) => typeof prefix !== "string" || name.startsWith(prefix),
        );
        return { state: { ...config, names: chosen } };
      },
    },
  },
  functions: {
    shout: {
      summary: "Says it louder",
      parameters: [{ name: "text", type: "string" }],
      variadic: { name: "more", type: "string" },
      returns: "string",
      call: (args) => {
        const texts = args.map(String);
        const silent = texts.findIndex((text) => text === "");
        return silent >= 0
          ? { error: "There is nothing to shout.", argument: silent }
          : { result: `${texts.join(" ").toUpperCase()}!` };
      },
    },
    broken: {
      summary: "Gives something else than it says",
      parameters: [],
      returns: "number",
      call: () => ({ result: UNKNOWN }),
    },
  },
};
