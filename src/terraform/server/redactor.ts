import { isNested, type Attribute, type Block } from "../wire/schema.ts";
import { formatNum } from "../wire/number.ts";
import { isDynamic, isList, isNum, isTree, memberOf, type Value } from "../wire/value.ts";
import { mayHoldSecrets } from "./secrets.ts";

/** Knows the sensitive values that have come by, and takes them out of any text that leaves. */
export interface Redactor {
  /** Remembers the values of all attributes that the schema calls sensitive or write-only. */
  learn(block: Block, value: Value): void;
  redact(text: string): string;
}

const BLOT = "(sensitive value)";

/** Shorter ones are only blotted out as words of their own; else nothing could be read. */
const SHORTEST_ANYWHERE = 4;

/** Longer ones are looked for one by one: a regular expression cannot be of any length. */
const LONGEST_IN_PATTERN = 1000;
const MOST_IN_PATTERN = 500;

/** Takes some of the secrets out of a text. */
type Blotter = (text: string) => string;

export function openRedactor(): Redactor {
  const secrets = new Set<string>();
  let blotters: readonly Blotter[] = [];
  return {
    learn(block, value) {
      if (!mayHoldSecrets(block)) return;
      const before = secrets.size;
      for (const secret of secretsIn(block, value)) {
        if (secret.trim() !== "") for (const each of spellings(secret)) secrets.add(each);
      }
      if (secrets.size > before) blotters = blottersOf(secrets);
    },
    redact: (text) => blotters.reduce((rest, blot) => blot(rest), text),
  };
}

/** As it is, in a URL, and within a JSON text. */
function spellings(secret: string): string[] {
  return [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)];
}

function blottersOf(secrets: ReadonlySet<string>): Blotter[] {
  const longestFirst = [...secrets].toSorted((a, b) => b.length - a.length);
  const longCount = longestFirst.filter(({ length }) => length > LONGEST_IN_PATTERN).length;
  const blotters = longestFirst.slice(0, longCount).map((secret): Blotter => {
    return (text) => text.replaceAll(secret, BLOT);
  });
  for (let start = longCount; start < longestFirst.length; start += MOST_IN_PATTERN) {
    const pattern = patternOf(longestFirst.slice(start, start + MOST_IN_PATTERN));
    blotters.push((text) => text.replace(pattern, BLOT));
  }
  return blotters;
}

function patternOf(longestFirst: readonly string[]): RegExp {
  const parts = longestFirst.map((secret) => {
    const literal = secret.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    const isShort = secret.length < SHORTEST_ANYWHERE;
    return isShort ? `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])` : literal;
  });
  return new RegExp(parts.join("|"), "gu");
}

function* secretsIn(block: Block, value: Value): Generator<string> {
  if (isList(value)) {
    for (const each of value) yield* secretsIn(block, each);
    return;
  }
  for (const [name, attribute] of Object.entries(block.attributes)) {
    yield* secretsOf(attribute, memberOf(value, name));
  }
  for (const [name, nested] of Object.entries(block.blocks ?? {})) {
    const inner = memberOf(value, name);
    const each = nested.mode === "map" && isTree(inner) ? Object.values(inner) : inner;
    yield* secretsIn(nested, each);
  }
}

function* secretsOf(attribute: Attribute, value: Value): Generator<string> {
  if (attribute.sensitive || attribute.writeOnly) yield* textsIn(value);
  else if (isNested(attribute)) {
    const { mode, attributes } = attribute.nested;
    const each = mode === "map" && isTree(value) ? Object.values(value) : value;
    yield* secretsIn({ attributes }, each);
  }
}

function* textsIn(value: Value): Generator<string> {
  if (typeof value === "string") yield value;
  else if (isNum(value)) yield formatNum(value);
  else if (isDynamic(value)) yield* textsIn(value.value);
  else if (isList(value)) for (const each of value) yield* textsIn(each);
  else if (isTree(value)) for (const each of Object.values(value)) yield* textsIn(each);
}
