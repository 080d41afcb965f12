import { SnapformError } from "../../errors/index.ts";
import { matchCollections } from "../../policy/match.ts";
import { textAt } from "../resources/values.ts";
import { isList, memberOf } from "../wire/value.ts";
import type { DataSourceType } from "../server/definition.ts";
import type { ProviderWorld } from "../world.ts";
import { dataSource, lookAround } from "./source.ts";

/** `snapform_collections`. */
export const collections: DataSourceType<ProviderWorld> = dataSource(
  "snapform_collections",
  async (context, config) => {
    const cluster = textAt(config, "cluster") ?? "";
    const { desired } = context.configured;
    if (!desired.clusters.some(({ name }) => name === cluster)) {
      const known = desired.clusters.map(({ name }) => name).join(", ") || "none";
      throw new SnapformError("not-found", `cluster ${cluster} is not declared`, {
        hint: `Declared in the configuration of the provider: ${known}.`,
      });
    }
    const { inventory } = await lookAround(context, cluster);
    const seen = inventory.clusters.find(({ name }) => name === cluster);
    if (!seen?.reachable) {
      // A list that is empty because nobody could look would be taken for the truth.
      const message = seen?.problem?.message ?? `cluster ${cluster} could not be looked at`;
      throw new SnapformError("unavailable", message);
    }
    const given = memberOf(config, "patterns");
    const patterns = isList(given) ? given.map(String) : ["*"];
    const names = matchCollections(
      patterns,
      seen.collections.map(({ name }) => name),
    ).toSorted();
    const shown = names.map((name) => {
      const found = seen.collections.find((each) => each.name === name);
      const { points = null, bytes = null, aliases = [], problem = null } = found ?? {};
      return { name, points, bytes, aliases, problem: problem?.message ?? null };
    });
    return { members: { names, collections: shown }, diagnostics: [] };
  },
);
