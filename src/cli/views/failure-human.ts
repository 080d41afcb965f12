import { isSnapformError } from "../../errors/index.ts";
import type { Screen } from "../text/style.ts";
import { visibleLines } from "../text/visible.ts";
import { block } from "../text/width.ts";

/** Where a bug was met; printed so that a report holds it. */
export interface Build {
  readonly version: string;
  readonly runtime: string;
}

/** A failure as people read it: what failed, where, and what to do. */
export function failureHuman(error: unknown, screen: Screen, build: Build): string {
  const { style, columns } = screen;
  const mark = style.bold(style.red("Error:"));
  if (!isSnapformError(error) || error.code === "internal") return bug(error, screen, build);
  const lines = [block(`${mark} ${visibleLines(error.message)}`, 0, columns, 2)];
  if (error.address !== undefined) lines.push(style.dim(`  at ${visibleLines(error.address)}`));
  if (error.hint !== undefined) lines.push(block(visibleLines(error.hint), 2, columns));
  return `${lines.join("\n")}\n`;
}

function bug(error: unknown, { style, columns }: Screen, build: Build): string {
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error ? error.name : typeof error;
  const code = isSnapformError(error) ? error.code : name;
  const stack = error instanceof Error ? (error.stack ?? "").split("\n").slice(1) : [];
  const frames = stack.filter((line) => line.startsWith("    at ")).slice(0, 12);
  return [
    `${style.bold(style.red("Error:"))} this is a bug in snapform: ${visibleLines(message)}`,
    block(
      "Please report it with everything below, the command that you ran and what you expected. " +
        "Check first that it holds nothing secret.",
      2,
      columns,
    ),
    `  version: snapform ${build.version}, ${build.runtime}`,
    `  code: ${code}`,
    ...frames.map(visibleLines),
    "",
  ].join("\n");
}
