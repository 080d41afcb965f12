// Puts the chunks of a split bundle into one file. What the start needs is there as code; the rest
// is packed text that is unpacked and compiled when it is first asked for, because a start pays for
// every byte that has to be parsed. Knows chunks, not what is in them. Invariant: each chunk is
// run at most once, and in the order in which its importers ask for it.

import { brotliCompressSync, constants } from "node:zlib";

export interface Chunk {
  /** What the others call it, e.g. `./chunk-ABCD.js`. */
  readonly name: string;
  /** CommonJS. */
  readonly code: string;
  /** Is it run at the start? */
  readonly isEager: boolean;
}

/** `load` of a chunk by name; what is no chunk is a module of Node. */
const runtime = `
const loaded = Object.create(null);
function unpacked(name) {
  return node("zlib").brotliDecompressSync(Buffer.from(packed[name], "base64"));
}
function workerAddress(name) {
  return new URL("data:text/javascript;base64," + unpacked(name).toString("base64"));
}
function compiled(name) {
  const code = unpacked(name).toString();
  const { runInThisContext } = node("vm");
  const head = "(function (workerAddress, require, module, exports) {";
  const source = head + code + "\\n})";
  return runInThisContext(source, { filename: "snapform/" + name }).bind(null, workerAddress);
}
function load(name) {
  if (name in loaded) return loaded[name].exports;
  const chunk = chunks[name] ?? (name in packed ? compiled(name) : null);
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

/**
 * The text of the file. `node` of its head is `require` for Node's own modules; `workers` are
 * modules by name, which chunks find by `workerAddress(NAME)`.
 */
export function oneFile(
  head: string,
  chunks: readonly Chunk[],
  workers: Readonly<Record<string, string>>,
  entry: string,
): string {
  const named = (isEager: boolean, show: (chunk: Chunk) => string): string =>
    chunks
      .filter((chunk) => chunk.isEager === isEager)
      .map((chunk) => `${JSON.stringify(chunk.name)}: ${show(chunk)},\n`)
      .join("");
  const code = named(true, (chunk) => `function (require, module, exports) {${chunk.code}}`);
  const packed = named(false, (chunk) => JSON.stringify(pack(chunk.code)));
  const packedWorkers = Object.entries(workers).map(
    ([name, text]) => `${JSON.stringify(name)}: ${JSON.stringify(pack(text))},\n`,
  );
  return [
    '(function () {\n"use strict";',
    head,
    `const chunks = {__proto__: null,\n${code}};`,
    `const packed = {__proto__: null,\n${packed}${packedWorkers.join("")}};`,
    runtime,
    `load(${JSON.stringify(entry)});`,
    "})();\n",
  ].join("\n");
}

function pack(code: string): string {
  const bytes = Buffer.from(code);
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).toString("base64");
}
