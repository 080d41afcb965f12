import type { CliContext } from "./context.ts";
import { styleOf, type Screen } from "./text/style.ts";

/** The screen that a command writes on: its width, and colours where they are wanted. */
export function screenOf(context: CliContext, noColor: boolean): Screen {
  const { env, isTTY } = context;
  // https://no-color.org: any value that is not empty.
  const isRefused = noColor || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return { columns: Math.max(20, context.columns()), style: styleOf(isTTY && !isRefused) };
}
