// Puts the chunks of a split bundle into one file. What the start needs is there as a script; the
// rest is text behind it, read and compiled when it is first asked for, because a start pays for
// every byte that it has to read or to parse. Knows chunks, not what is in them. Invariant: each
// chunk is run at most once, and in the order in which its importers ask for it.

export interface Chunk {
  /** What the others call it, e.g. `./chunk-ABCD.js`. */
  readonly name: string;
  /** CommonJS. */
  readonly code: string;
  /** Is it run at the start? */
  readonly isEager: boolean;
}

/** A program in two parts, both ASCII. */
export interface OneFile {
  /** An expression: a function that is called with what reads the text between two places. */
  readonly script: string;
  readonly text: string;
}

/** `load` of a chunk by name; what is no chunk is a module of Node. */
const runtime = `
const node = process.getBuiltinModule("node:module").createRequire(process.execPath);
const loaded = Object.create(null);
function textOf(name) {
  const [from, to] = places[name];
  return read(from, to);
}
function workerAddress(name) {
  return new URL("data:text/javascript;base64," + Buffer.from(textOf(name)).toString("base64"));
}
function compiled(name) {
  const head = "(function (workerAddress, require, module, exports) {";
  const source = head + textOf(name) + "\\n})";
  const filename = "snapform/" + name;
  return node("vm").runInThisContext(source, { filename }).bind(null, workerAddress);
}
function load(name) {
  if (name in loaded) return loaded[name].exports;
  const chunk = chunks[name] ?? (name in places ? compiled(name) : null);
  if (chunk === null) return node(name);
  const module = (loaded[name] = { exports: {} });
  try {
    chunk(load, module, module.exports);
  } catch (error) {
    delete loaded[name];
    throw error;
  }
  return module.exports;
}
`.trim();

/** `workers` are modules by name, which chunks find by `workerAddress(NAME)`. */
export function oneFile(
  chunks: readonly Chunk[],
  workers: Readonly<Record<string, string>>,
  entry: string,
): OneFile {
  const late = chunks.filter(({ isEager }) => !isEager);
  const texts = new Map(late.map(({ name, code }) => [name, code]));
  for (const [name, code] of Object.entries(workers)) texts.set(name, code);
  const places: Record<string, readonly [from: number, to: number]> = {};
  let text = "";
  for (const [name, code] of texts) {
    places[name] = [text.length, text.length + code.length];
    text += `${code}\n`;
  }
  const eager = chunks
    .filter(({ isEager }) => isEager)
    .map(
      ({ name, code }) =>
        `${JSON.stringify(name)}: function (require, module, exports) {${code}},\n`,
    );
  const script = [
    '(function (read) {\n"use strict";',
    `const chunks = {__proto__: null,\n${eager.join("")}};`,
    `const places = {__proto__: null, ...${JSON.stringify(places)}};`,
    runtime,
    `load(${JSON.stringify(entry)});`,
    "})",
  ].join("\n");
  return Object.freeze({ script, text });
}
