import type { Shape } from "../desired/shape.ts";
import type { Json } from "../snapshot/manifest.ts";
import type { Located } from "./located.ts";

function article(words: string): string {
  if (words.startsWith("name of ")) return `the ${words}`;
  return /^[aeiou]/i.test(words) ? `an ${words}` : `a ${words}`;
}

const uncounted = new Set(["text", "true or false"]);

/** `a list of patterns such as ["docs-*"]`. */
export function expected(shape: Shape): string {
  if ("choices" in shape && shape.choices) return oneOf(shape.choices);
  const what = uncounted.has(shape.title) ? shape.title : article(shape.title);
  const isSecret = "sensitive" in shape && shape.sensitive;
  if (shape.example === undefined || shape.kind === "boolean") return what;
  const comma = isSecret || what.includes(",") ? "," : "";
  return `${what}${comma} ${isSecret ? "best" : "such as"} ${flow(shape.example)}`;
}

/** `"a", "b" or "c"`. */
export function oneOf(choices: readonly Json[]): string {
  const words = choices.map((choice) => JSON.stringify(choice));
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

/** `the number 3`, `a list`; a secret's value is never shown. */
export function found(value: Located | null, shape: Shape | null): string {
  if (value === null) return "nothing";
  if (value.kind !== "scalar") return value.kind === "map" ? "a map" : "a list";
  const isSecret = shape !== null && "sensitive" in shape && shape.sensitive;
  const content = value.value;
  if (content === null) return "nothing";
  if (typeof content === "number") return isSecret ? "a number" : `the number ${content}`;
  if (typeof content === "boolean") return isSecret ? "true or false" : String(content);
  return isSecret ? "text" : textWords(value.declared ?? content, content);
}

/** What is shown is what the file says, never what a variable holds. */
function textWords(declared: string, value: string): string {
  if (value === "") return declared === "" ? "empty text" : `empty text (from ${declared})`;
  const cut = declared.length > 60 ? `${declared.slice(0, 57)}...` : declared;
  return `the text ${JSON.stringify(cut)}`;
}

/** A value as YAML would have it on one line. */
export function flow(value: Json): string {
  if (typeof value === "string") {
    return /^[A-Za-z/.][\w./:-]*$|^\d+[a-z]*$|^\$\{env:\w+\}$/.test(value)
      ? value
      : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((each: Json) => flow(each)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value as Readonly<Record<string, Json>>);
    return `{ ${entries.map(([key, each]) => `${key}: ${flow(each)}`).join(", ")} }`;
  }
  return JSON.stringify(value);
}

/** A message as a sentence: with a capital letter and a full stop. */
export function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.?$/, ".")}`;
}
