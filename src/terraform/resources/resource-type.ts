import type { Surroundings } from "../schema/convert.ts";
import { checkResource } from "../schema/convert.ts";
import { PROVIDER_SCHEMA } from "../schema/provider-schema.gen.ts";
import { assert } from "../../errors/index.ts";
import type { ResourceType } from "../server/definition.ts";
import type { ProviderWorld } from "../world.ts";
import { createResource, updateResource } from "./apply-resource.ts";
import { deleteResource, planDestroy } from "./destroy.ts";
import type { Kind } from "./kind.ts";
import { planResource } from "./plan-resource.ts";
import { readResource } from "./read-resource.ts";
import { diagnosticsOf, plainOf } from "./values.ts";

/** A kind of resource as the framework wants it. */
export function resourceType(kind: Kind, around: Surroundings): ResourceType<ProviderWorld> {
  const schema = PROVIDER_SCHEMA.resources[kind.type];
  assert(schema !== undefined, `there is a schema of ${kind.type}`);
  return {
    schema,
    // None unless it is asked for: the schema has the block, and each operation may take its time.
    timeouts: {},
    validate: (config) => [
      ...diagnosticsOf(checkResource(kind.type, plainOf(config))),
      ...(kind.check?.(config) ?? []),
    ],
    plan: (request) => planResource(kind, around, request),
    planDestroy: (request) => planDestroy(kind, around, request),
    read: (context, current) => readResource(kind, around, context, current),
    create: (context, request) => createResource(kind, around, context, request),
    update: (context, request) => updateResource(kind, around, context, request),
    delete: (context, current) => deleteResource(kind, around, context, current),
    import: (context, id) => kind.import(context, id),
  };
}
