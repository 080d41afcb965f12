import { CONFIG_SHAPE } from "../../desired/shape.gen.ts";
import type { Shape } from "../../desired/shape.ts";
import { snakeCase } from "./names.ts";

const compound = [...new Set(namesIn(CONFIG_SHAPE))].filter((name) => /[A-Z]/.test(name));
const compoundName = new RegExp(`\\b(${compound.join("|")})\\b`, "g");

/** A sentence about YAML as one about HCL: keys are attributes, in snake_case and with `=`. */
export function inHclWords(sentence: string): string {
  return sentence
    .replaceAll("`retention: keep`", "`retention = { keep_all = true }`")
    .replace(/`(\w+): (\w+)`/g, (_, name: string, value: string) => {
      return `\`${name} = ${/^\d+$/.test(value) ? value : `"${value}"`}\``;
    })
    .replace(/, best \$\{env:\w+\}/g, "")
    .replace(/\b([Kk])ey(s?) (?=["`])/g, (_, first: string, plural: string) => {
      return `${first === "K" ? "A" : "a"}ttribute${plural} `;
    })
    .replace(/\bIts keys: /g, "Its attributes: ")
    .replace(compoundName, (name) => snakeCase(name));
}

function namesIn(shape: Shape): string[] {
  if (shape.kind === "list") return namesIn(shape.items);
  if (shape.kind === "map") return namesIn(shape.values);
  if (shape.kind !== "object") return [];
  return Object.entries(shape.fields).flatMap(([name, field]) => [name, ...namesIn(field)]);
}
