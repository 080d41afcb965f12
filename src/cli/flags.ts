import type { FlagParametersForType } from "@stricli/core";
import { parseInstant } from "../clock/instant.ts";
import { parseSpan } from "../clock/duration.ts";
import { SnapformError } from "../errors/index.ts";
import type { CommandScope } from "./context.ts";

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly file: readonly string[];
  readonly json: boolean;
  readonly noColor: boolean;
}

type Parameters<FLAGS> = FlagParametersForType<FLAGS, CommandScope>;

/** Text as it stands; an empty one is a mistake of the shell line, never a wish. */
export function someText(input: string): string {
  if (input === "") throw new SnapformError("usage", "expected some text, got none");
  return input;
}

/** A flag that is on or off, off by default, without a `--no-` form. */
export function switchFlag(brief: string): {
  readonly kind: "boolean";
  readonly brief: string;
  readonly default: false;
  readonly withNegated: false;
} {
  return { kind: "boolean", brief, default: false, withNegated: false };
}

export const globalFlags: Parameters<GlobalFlags> = {
  file: {
    kind: "parsed",
    parse: someText,
    variadic: true,
    default: ["snapform.yaml"],
    placeholder: "FILE",
    brief: "Read the configuration from this file; repeat it to merge several.",
  },
  json: switchFlag("Write JSON for programs instead of text for people."),
  noColor: switchFlag("Do not use colours."),
};

/** Flags of a plan. */
export interface SelectFlags {
  readonly only?: readonly string[];
  readonly noExpire: boolean;
}

export const selectFlags: Parameters<SelectFlags> = {
  only: {
    kind: "parsed",
    parse: someText,
    variadic: true,
    optional: true,
    placeholder: "ADDRESS",
    brief: "Look at this resource only, or one collection of a policy; may be repeated.",
  },
  noExpire: switchFlag("Leave out everything that would delete a snapshot."),
};

/** Flags of what writes the state. */
export interface LockFlags {
  readonly lockTimeout: number;
}

export const lockFlags: Parameters<LockFlags> = {
  lockTimeout: {
    kind: "parsed",
    parse: parseSpan,
    default: "0",
    placeholder: "SPAN",
    brief: "Wait so long for another process to release the state, e.g. 30s or 10m.",
  },
};

/** Flags of what carries a plan out. */
export interface ConsentFlags extends LockFlags {
  readonly yes: boolean;
  readonly acknowledge?: string;
}

export const consentFlags: Parameters<ConsentFlags> = {
  ...lockFlags,
  yes: switchFlag("Do not ask."),
  acknowledge: {
    kind: "parsed",
    parse: someText,
    optional: true,
    placeholder: "HASH",
    brief: "Do the dangerous actions that the plan shows under this hash.",
  },
};

/** Reads `--at` of a plan. */
export function parseAt(input: string): Date {
  return parseInstant(input);
}
