import { camelCase } from "../../../src/terraform/schema/names.ts";

/** A doc comment, wrapped at the width of the project, with names as TypeScript has them. */
export function comment(text: string, indent: string): string {
  const words = inTypeScript(text).replaceAll("*/", "* /").split(" ");
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const isRoom = last !== undefined && indent.length + last.length + word.length < 94;
    if (isRoom) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const [only, more] = lines;
  if (more === undefined) return `${indent}/** ${only} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join("")}${indent} */\n`;
}

/** `if_exists = "alias"` is `ifExists: "alias"` there. */
export function inTypeScript(text: string): string {
  return text
    .replace(/`([a-z_]+) = /g, (_, name: string) => `\`${camelCase(name)}: `)
    .replace(/`([a-z]+(?:[._][a-z]+)*)`/g, (_, name: string) => `\`${camelCase(name)}\``);
}
