import type { ObjectSchema } from "../wire/schema.ts";
import { isTree, memberOf, type Tree } from "../wire/value.ts";
import type { Operation, ResourceType } from "./definition.ts";
import { errorDiagnostic, type Diagnostic } from "./diagnostic.ts";

const BLOCK = "timeouts";

/** How many milliseconds each unit has; the units are those of Go's durations. */
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

type Timeouts = ResourceType<unknown>["timeouts"];

/** The schema with the block `timeouts`, where a resource has limits. */
export function withTimeouts(schema: ObjectSchema, timeouts: Timeouts): ObjectSchema {
  if (timeouts === undefined || schema.blocks?.[BLOCK] !== undefined) return schema;
  const attributes = Object.entries(timeouts).map(([operation, defaultMs]) => {
    const description =
      `How long ${operation} may take, e.g. \`"30s"\` or \`"2h30m"\`. ` +
      `Default: \`${formatDuration(defaultMs)}\`.`;
    return [operation, { type: "string", optional: true, description }] as const;
  });
  const block = {
    mode: "single",
    description: "How long operations may take.",
    attributes: Object.fromEntries(attributes),
  } as const;
  return { ...schema, blocks: { ...schema.blocks, [BLOCK]: block } };
}

/** The limit of an operation in milliseconds: as configured, else the resource's own, or null. */
export function limitOf(timeouts: Timeouts, object: Tree, operation: Operation): number | null {
  const text = memberOf(memberOf(object, BLOCK), operation);
  const configured = typeof text === "string" ? parseDuration(text) : null;
  return configured ?? timeouts?.[operation] ?? null;
}

/** What is wrong with the durations of a configuration. */
export function checkTimeouts(timeouts: Timeouts, config: Tree): Diagnostic[] {
  const block = memberOf(config, BLOCK);
  if (timeouts === undefined || !isTree(block)) return [];
  return Object.entries(block).flatMap(([operation, text]) => {
    if (typeof text !== "string" || parseDuration(text) !== null) return [];
    const detail = `Give a positive duration such as "30s", "10m" or "2h30m".`;
    return [errorDiagnostic("Not a duration", detail, [BLOCK, operation])];
  });
}

/** Milliseconds; null where the text is no positive duration, or longer than a timer can wait. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return null;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    sum += Number(count) * UNITS[unit as keyof typeof UNITS];
  }
  return sum > 0 && sum < 2 ** 31 ? Math.ceil(sum) : null;
}

function formatDuration(ms: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, each]) => ms % each === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}
