// A provider with the schema of policies that does nothing: what Terraform and its protocol cost
// by themselves, whatever a provider does. Built and started by bench/terraform.ts.

import { systemClock } from "../src/workspace/workspace.ts";
import { serve } from "../src/terraform/plugin/serve.ts";
import { PROVIDER_ADDRESS } from "../src/terraform/provider-address.ts";
import { PROVIDER_SCHEMA } from "../src/terraform/schema/provider-schema.gen.ts";
import type { ProviderDefinition } from "../src/terraform/server/definition.ts";
import {
  isList,
  isTree,
  listOf,
  memberOf,
  treeOf,
  UNKNOWN,
  type Tree,
  type Value,
} from "../src/terraform/wire/value.ts";

const TYPE = "snapform_backup_policy";

/** Nothing takes the place of what is known after apply. */
function known(value: Value): Value {
  if (value === UNKNOWN) return null;
  if (isList(value)) return listOf(value.map(known));
  return isTree(value) ? treeOf(Object.entries(value).map(([k, v]) => [k, known(v)])) : value;
}

const made = (planned: Tree): Promise<{ readonly state: Tree }> => {
  const name = memberOf(planned, "name");
  const id = typeof name === "string" ? `policy.${name}` : null;
  const members = Object.entries(planned).map(([member, value]): [string, Value] => [
    member,
    member === "id" ? id : known(value),
  ]);
  return Promise.resolve({ state: treeOf(members) });
};

const schema = PROVIDER_SCHEMA.resources[TYPE];
if (schema === undefined) throw new Error(`there is no schema of ${TYPE}`);

const idle: ProviderDefinition<null> = {
  schema: PROVIDER_SCHEMA.provider,
  configure: () => Promise.resolve({ configured: null }),
  resources: {
    [TYPE]: {
      schema,
      timeouts: {},
      read: (_, { state }) => Promise.resolve({ state }),
      create: (_, { planned }) => made(planned),
      update: (_, { planned }) => made(planned),
      delete: () => Promise.resolve(),
    },
  },
  dataSources: {},
  functions: {},
};

void serve(idle, { host: process, clock: systemClock, address: PROVIDER_ADDRESS });
