import { isTimezone } from "../../clock/zone.ts";
import type { DesiredRetention } from "../../desired/desired.ts";
import { retain } from "../../policy/retention.ts";
import { plainOf } from "../resources/values.ts";
import { PROVIDER_SCHEMA } from "../schema/provider-schema.gen.ts";
import type { TerraformObject, TerraformValue } from "../schema/schema.ts";
import type { FunctionResult, FunctionType } from "../server/definition.ts";
import { isList, isTree, treeOf, type Value } from "../wire/value.ts";
import { checkAsPolicy } from "./check-as-policy.ts";
import { functionType } from "./function-type.ts";
import { readInstant } from "./next-runs.ts";

/** `retention_preview(rules, timezone, instants)`. */
export const retentionPreview: FunctionType = functionType(
  PROVIDER_SCHEMA.functions["retention_preview"],
  ([rules, timezone, instants]: readonly Value[]): FunctionResult => {
    const retention = isTree(rules) ? retentionOf(plainOf(rules)) : {};
    const policy = checkAsPolicy({ retention });
    if (typeof policy === "string") return { error: policy, argument: 0 };
    if (typeof timezone !== "string" || !isTimezone(timezone)) {
      const error = "Expected the IANA name of a time zone, such as Europe/Berlin or UTC.";
      return { error, argument: 1 };
    }
    const texts = isList(instants) ? instants : [];
    const dates = texts.map(readInstant);
    const fault = dates.find((each) => typeof each === "string");
    if (fault !== undefined) return { error: fault, argument: 2 };
    return { result: preview(policy.retention, timezone, texts, dates as readonly Date[]) };
  },
);

/** A map of strings, as Terraform has maps: two of the rules are no texts. */
function retentionOf(rules: TerraformObject): TerraformObject {
  const entries = Object.entries(rules).map(([name, text]): [string, TerraformValue] => {
    if (name === "min_keep" && typeof text === "string") return [name, Number(text)];
    if (name === "keep_all" && (text === "true" || text === "false")) {
      return [name, text === "true"];
    }
    return [name, text];
  });
  return Object.fromEntries(entries);
}

function preview(
  { rules, keepAll, minKeep }: DesiredRetention,
  timezone: string,
  texts: readonly Value[],
  dates: readonly Date[],
): Value {
  const newest = dates
    .map((createdAt, index) => ({ id: String(index), createdAt }))
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const { kept } = keepAll ? { kept: [] } : retain({ snapshots: newest, rules, timezone });
  const reasonsOf = new Map(kept.map(({ id, reasons }) => [id, reasons]));
  return newest.map(({ id }, rank) => {
    const floor = rank < minKeep ? [`at least ${minKeep}`] : [];
    const reasons = keepAll ? ["keep everything"] : (reasonsOf.get(id) ?? floor);
    return treeOf([
      ["instant", texts[Number(id)] ?? null],
      ["kept", reasons.length > 0],
      ["reasons", [...reasons]],
    ]);
  });
}
