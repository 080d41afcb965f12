import { assert } from "../../errors/index.ts";
import type { FunctionSchema } from "../schema/schema.ts";
import type { FunctionResult, FunctionType } from "../server/definition.ts";
import type { Value } from "../wire/value.ts";

/** A function of the schema, with what it does. */
export function functionType(
  schema: FunctionSchema | undefined,
  call: (args: readonly Value[]) => FunctionResult,
): FunctionType {
  assert(schema !== undefined, "there is a schema of every function");
  return { ...schema, call };
}
