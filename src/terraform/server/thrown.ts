import { isSnapformError } from "../../errors/index.ts";

/** What was thrown, as text. Total: a library may throw anything, even what has no text. */
export function textOfThrown(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return String(thrown);
    const { name, message } = thrown;
    return isSnapformError(thrown) || name === "Error" ? message.trim() : `${name}: ${message}`;
  } catch {
    return "something that is no error was thrown";
  }
}

/** The same with the places in the code, for a log. */
export function stackOfThrown(thrown: unknown): string {
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return typeof stack === "string" ? stack : textOfThrown(thrown);
}
