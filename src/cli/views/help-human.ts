import type { Aliases, Command } from "@stricli/core";
import { EXIT_STATUS } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import type { Docs, Documented, Route } from "../routes/route.ts";
import type { Screen } from "../text/style.ts";
import { block, pad, widthOf } from "../text/width.ts";

/** The name of a flag as it is typed: `lockTimeout` is `--lock-timeout`. */
export function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The help of a command or of a group of commands; the root adds the exit statuses. */
export function helpHuman(route: Route, path: readonly string[], screen: Screen): string {
  const isRoot = path.length === 1;
  const parts = "getAllEntries" in route ? groupHelp(route, path) : commandHelp(route, path);
  const sections = [
    `Usage: ${parts.usage}\n`,
    `${paragraphs(route.docs, screen)}\n`,
    ...parts.lists.map(({ title, rows }) => section(title, rows, screen)),
    examples(route.docs, screen),
    isRoot ? section("Exit statuses", exitRows(), screen) : "",
    isRoot ? `${block(footer, 0, screen.columns)}\n` : "",
  ];
  return sections.filter((text) => text !== "").join("\n");
}

const footer = "See `snapform COMMAND --help` for what a command does and takes.";

type Row = readonly [left: string, right: string];

interface Parts {
  readonly usage: string;
  readonly lists: readonly { readonly title: string; readonly rows: readonly Row[] }[];
}

function paragraphs({ brief, description }: Docs, { columns }: Screen): string {
  const text = [`${brief}.`, description].filter((part) => part !== "").join("\n\n");
  return block(text, 0, columns);
}

type Group = Extract<Route, { getAllEntries: unknown }>;

function groupHelp(route: Group, path: readonly string[]): Parts {
  const rows = route.getAllEntries().map((entry): Row => [entry.name.original, entry.target.brief]);
  return {
    usage: `${path.join(" ")} COMMAND`,
    lists: [
      { title: "Commands", rows },
      { title: "Options", rows: [helpRow, ...(path.length === 1 ? [versionRow] : [])] },
    ],
  };
}

const helpRow: Row = ["-h, --help", "Show this help."];
const versionRow: Row = ["    --version", "Show the version."];

function commandHelp(route: Documented<Command<CommandScope>>, path: readonly string[]): Parts {
  const { flags = {}, aliases = {}, positional } = route.parameters;
  const args = argumentsOf(positional);
  const required = Object.entries(flags).flatMap(([name, flag]) => {
    const isOptional = flag.optional === true || ("default" in flag && flag.default !== undefined);
    return isOptional ? [] : [`${flagName(name)} ${placeholderOf(flag)}`];
  });
  const usage = [...path, ...args.map(({ usage: text }) => text), ...required, "[options]"];
  return {
    usage: usage.join(" "),
    lists: [
      { title: "Arguments", rows: args.map(({ name, brief }): Row => [name, brief]) },
      { title: "Options", rows: [...flagRows(flags, aliases), helpRow] },
    ],
  };
}

type Flags = NonNullable<Command<CommandScope>["parameters"]["flags"]>;
type Flag = Flags[string];
type Positional = Command<CommandScope>["parameters"]["positional"];

function placeholderOf(flag: Flag): string {
  if (flag.kind === "enum") return flag.values.join("|");
  return flag.placeholder ?? "VALUE";
}

function flagRows(flags: Flags, aliases: Aliases<string>): readonly Row[] {
  const short = new Map(Object.entries(aliases).map(([letter, name]) => [name, letter]));
  return Object.entries(flags).map(([name, flag]): Row => {
    const letter = short.get(name);
    const value = flag.kind === "boolean" ? "" : ` ${placeholderOf(flag)}`;
    const start = letter === undefined ? "    " : `-${letter}, `;
    const given = "default" in flag && flag.kind !== "boolean" ? flag.default : undefined;
    const standard = given === undefined || given === "0" ? "" : ` Default: ${String(given)}.`;
    return [`${start}${flagName(name)}${value}`, `${flag.brief}${standard}`];
  });
}

function argumentsOf(
  positional: Positional,
): readonly { readonly name: string; readonly brief: string; readonly usage: string }[] {
  if (positional === undefined) return [];
  if (positional.kind === "array") {
    const { placeholder: name = "VALUE", brief } = positional.parameter;
    return [{ name, brief, usage: `[${name}...]` }];
  }
  return positional.parameters.map(({ placeholder: name = "VALUE", brief, optional }) => ({
    name,
    brief,
    usage: optional === true ? `[${name}]` : name,
  }));
}

function examples(docs: Docs, { columns, style }: Screen): string {
  if (docs.examples.length === 0) return "";
  const lines = docs.examples.flatMap(({ line, meaning }) => [
    `  snapform ${line}`.trimEnd(),
    block(meaning, 6, columns),
  ]);
  return `${style.bold("Examples")}\n${lines.join("\n")}\n`;
}

function exitRows(): readonly Row[] {
  return Object.values(EXIT_STATUS).map(({ status, meaning }): Row => [String(status), meaning]);
}

/** A title over two columns; what is wide on the left has its text below it. */
function section(title: string, rows: readonly Row[], { columns, style }: Screen): string {
  if (rows.length === 0) return "";
  const limit = Math.min(28, Math.floor(columns / 3));
  const widths = rows.map(([left]) => widthOf(left)).filter((width) => width <= limit);
  const width = Math.max(0, ...widths);
  const lines = rows.map(([left, right]) => {
    const fits = widthOf(left) <= width;
    const text = block(right, width + 4, columns);
    if (!fits) return `  ${left}\n${block(right, widths.length === 0 ? 6 : width + 4, columns)}`;
    return `  ${pad(left, width)}  ${text.trimStart()}`;
  });
  return `${style.bold(title)}\n${lines.join("\n")}\n`;
}
