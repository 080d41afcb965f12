import type { NodeClient } from "../http/node-client.ts";
import { ask, optionsOf, type AskOptions } from "./ask.ts";
import { field, listOf, readDone, readText, type Read } from "./shape.ts";

export interface Alias {
  readonly alias: string;
  readonly collection: string;
}

/** One step of a change of aliases. `point` moves an alias that exists, too. */
export type AliasStep =
  | { readonly kind: "point"; readonly alias: string; readonly collection: string }
  | { readonly kind: "drop"; readonly alias: string };

/** All aliases of the cluster, by name. */
export function listAliases(
  client: NodeClient,
  options: AskOptions = {},
): Promise<readonly Alias[]> {
  const doing = "listing the aliases";
  const readAlias: Read<Alias> = (value, at) =>
    Object.freeze({
      alias: field(value, "alias_name", at, readText),
      collection: field(value, "collection_name", at, readText),
    });
  return ask(
    client,
    { method: "GET", path: ["aliases"], doing, ...optionsOf(options) },
    (value, at) => {
      const aliases = field(value, "aliases", at, listOf(readAlias));
      return Object.freeze(aliases.toSorted((a, b) => (a.alias < b.alias ? -1 : 1)));
    },
  );
}

/** Makes all steps at once and in order: nobody sees a state between them. */
export async function changeAliases(
  client: NodeClient,
  steps: readonly AliasStep[],
  options: AskOptions = {},
): Promise<void> {
  const names = steps.map((step) => JSON.stringify(step.alias)).join(", ");
  const doing = `changing the aliases ${names}`;
  const actions = steps.map((step) =>
    step.kind === "point"
      ? { create_alias: { collection_name: step.collection, alias_name: step.alias } }
      : { delete_alias: { alias_name: step.alias } },
  );
  const path = ["collections", "aliases"];
  const body = { actions };
  await ask(client, { method: "POST", path, body, doing, ...optionsOf(options) }, readDone);
}
