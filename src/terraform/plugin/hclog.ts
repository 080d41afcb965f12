import type { Clock } from "../../clock/clock.ts";
import type { Log, LogLevel } from "../server/log.ts";
import { writeLine } from "./host.ts";

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error"];

/** Terraform splits longer lines, and the pieces are no JSON any more. */
const MOST_CHARACTERS = 16_000;

/** From which level on to write; null: nothing, because nobody would see it. */
export function levelOf(
  env: { readonly [name: string]: string | undefined },
  isDebug: boolean,
): LogLevel | null {
  const wanted = env["TF_LOG_PROVIDER"] || env["TF_LOG"] || (isDebug ? "info" : "off");
  const level = wanted.toLowerCase();
  // As Terraform has it: "json" and any word that is no level mean everything.
  if (level === "off") return null;
  return LEVELS.find((each) => each === level) ?? "trace";
}

/** Writes lines as Terraform's own logger (hclog) writes them in JSON, on stderr. */
export function hclog(clock: Clock, address: string, least: LogLevel | null): Log {
  const module = address.split("/").at(-1) ?? address;
  return (level, message, fields = {}) => {
    if (least === null || LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    const cut = Object.entries(fields).map(([name, value]) => {
      return [name, typeof value === "string" ? value.slice(0, MOST_CHARACTERS) : value] as const;
    });
    const line = {
      "@level": level,
      "@message": message.slice(0, MOST_CHARACTERS),
      "@module": module,
      // With another number of digits Terraform takes the line for plain text.
      "@timestamp": `${clock.now().toISOString().slice(0, 23)}000Z`,
      ...Object.fromEntries(cut),
    };
    writeLine(2, JSON.stringify(line));
  };
}
