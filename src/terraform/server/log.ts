import type { Redactor } from "./redactor.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

export type LogFields = { readonly [name: string]: string | number | boolean | null };

/** For whoever looks for a fault with TF_LOG; users see nothing of it. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** A log that no secret of `redactor` passes, in the message or in a field. */
export function redactedLog(log: Log, redactor: Redactor): Log {
  return (level, message, fields = {}) => {
    const clean = Object.entries(fields).map(([name, value]) => {
      return [name, typeof value === "string" ? redactor.redact(value) : value] as const;
    });
    log(level, redactor.redact(message), Object.fromEntries(clean));
  };
}
