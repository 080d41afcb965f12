import { ok, refuse, type Answer } from "./answer.ts";
import { maySee } from "./access.ts";
import { collectionName, jsonBody, type Call } from "./call.ts";
import { requireCollection } from "./collections.ts";
import type { Route } from "./router.ts";
import type { JsonObject, World } from "./world.ts";

export const aliasRoutes: readonly Route[] = [
  ["GET", "/aliases", "listing", (call) => ok({ aliases: aliasesOf(call, null) })],
  ["GET", "/collections/{collection}/aliases", "collection-any", listOfCollection],
  ["POST", "/collections/aliases", "global-manage", change],
];

function aliasesOf({ world, access }: Call, collection: string | null): unknown[] {
  return [...world.aliases]
    .filter(([, target]) => collection === null || target === collection)
    .filter(([, target]) => maySee(world, access, target))
    .map(([alias, target]) => ({ alias_name: alias, collection_name: target }));
}

function listOfCollection(call: Call): Answer {
  const { name } = requireCollection(call.world, collectionName(call));
  return ok({ aliases: aliasesOf(call, name) });
}

/** All actions in their order under one lock: nobody sees some of them without the others. */
async function change(call: Call): Promise<Answer> {
  const { actions } = await jsonBody(call);
  if (!Array.isArray(actions)) refuse(400, "Format error in JSON body: missing field `actions`");
  const { world } = call;
  const drafted: World = { ...world, aliases: new Map(world.aliases) };
  for (const action of actions as JsonObject[]) apply(drafted, action);
  world.aliases.clear();
  for (const [alias, target] of drafted.aliases) world.aliases.set(alias, target);
  world.commit += 1;
  return ok(true);
}

function apply(world: World, action: JsonObject): void {
  const { create_alias: create, delete_alias: drop, rename_alias: rename } = action;
  if (create) {
    const alias = member(create, "alias_name");
    const target = member(create, "collection_name");
    if (!world.collections.has(target)) {
      refuse(404, `Not found: Collection \`${target}\` doesn't exist!`);
    }
    if (world.collections.has(alias)) {
      refuse(409, `Wrong input: Collection \`${alias}\` already exists!`);
    }
    world.aliases.set(alias, target);
  } else if (drop) {
    // An alias that is not there is as good as deleted.
    world.aliases.delete(member(drop, "alias_name"));
  } else if (rename) {
    const old = member(rename, "old_alias_name");
    const target = world.aliases.get(old);
    if (target === undefined) refuse(404, `Not found: Alias ${old} does not exists!`);
    world.aliases.delete(old);
    world.aliases.set(member(rename, "new_alias_name"), target);
  } else {
    refuse(400, "Format error in JSON body: data did not match any variant of AliasOperations");
  }
}

function member(object: unknown, name: string): string {
  const value = (object as JsonObject)[name];
  if (typeof value === "string") return value;
  return refuse(400, `Format error in JSON body: missing field \`${name}\``);
}
