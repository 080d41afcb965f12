import { parseInstant } from "../../clock/instant.ts";
import { formatInZone } from "../../clock/zone.ts";
import { nextRuns } from "../../policy/schedule.ts";
import { PROVIDER_SCHEMA } from "../schema/provider-schema.gen.ts";
import type { FunctionResult, FunctionType } from "../server/definition.ts";
import { isNum, isTree, type Value } from "../wire/value.ts";
import { integerOf } from "../wire/number.ts";
import { plainOf } from "../resources/values.ts";
import { checkAsPolicy } from "./check-as-policy.ts";
import { functionType } from "./function-type.ts";

const MOST = 1000;

/** `next_runs(schedule, from, count)`. */
export const nextRunsFunction: FunctionType = functionType(
  PROVIDER_SCHEMA.functions["next_runs"],
  ([schedule, from, count]: readonly Value[]): FunctionResult => {
    const policy = checkAsPolicy({ schedule: isTree(schedule) ? plainOf(schedule) : {} });
    if (typeof policy === "string") return { error: policy, argument: 0 };
    const number = isNum(count) ? integerOf(count) : null;
    if (number === null || number < 0 || number > MOST) {
      return { error: `Expected a whole number from 0 to ${MOST}.`, argument: 2 };
    }
    const start = readInstant(from);
    if (typeof start === "string") return { error: start, argument: 1 };
    const runs = nextRuns(policy.schedule, { from: start, count: number });
    return { result: runs.map((run) => formatInZone(run, policy.schedule.timezone)) };
  },
);

/** An instant; a text is what is wrong with it. */
export function readInstant(value: Value | undefined): Date | string {
  try {
    return parseInstant(typeof value === "string" ? value : "");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
  }
}
