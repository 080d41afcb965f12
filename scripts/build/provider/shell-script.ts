// Makes a program of JavaScript that any shell starts. A first line that names Node itself would
// not do: how Node reads a file depends on its name, which ends in `.0`, and on the `package.json`
// of anybody above the folders of Terraform. Knows nothing of what the program does. Invariant:
// where it cannot run it says so on standard output, which is what Terraform shows of a provider.

import { nodeFlags } from "./node-flags.ts";
import type { OneFile } from "./one-file.ts";

/** Of the numbers in the head, so that its length does not depend on them. */
const width = 8;

/**
 * Reads the program behind this head, and runs it. The oldest Node has to understand it. The file
 * stays open, so that one that is replaced is read to its end; one that is overwritten is not.
 */
const loader = `(function () {
var parts = process.versions.node.split(".").map(Number), file = process.argv[1];
if (parts[0] < 22 || (parts[0] === 22 && parts[1] < 18)) {
  console.log("snapform needs Node 22.18 or later; node on the path of Terraform is " +
    process.versions.node);
  process.exit(1);
}
var fs = require("fs"), fd = fs.openSync(file), since = fs.fstatSync(fd).mtimeMs;
function read(from, to) {
  var part = Buffer.allocUnsafe(to - from);
  if (fs.readSync(fd, part, 0, to - from, from) < to - from || fs.fstatSync(fd).mtimeMs !== since)
    throw new Error(file + " was overwritten while it ran; run the command again");
  return part.latin1Slice();
}
var script = require("vm").runInThisContext(read(START, TEXT), { filename: file });
script(function (from, to) { return read(TEXT + from, TEXT + to); });
})();`;

function head(start: number, text: number): string {
  const code = loader
    .replace("START", String(start).padStart(width))
    .replaceAll("TEXT", String(text).padStart(width));
  return `#!/bin/sh
if ! command -v node >/dev/null; then
  echo "snapform needs Node 22.18 or later; there is no node on the path of Terraform"
  exit 1
fi
exec node ${nodeFlags.join(" ")} -e '${code}' -- "$0" "$@"
`;
}

/** The program as one file. */
export function shellScript({ script, text }: OneFile): Buffer {
  if (/[^\0-\x7f]/.test(script + text)) throw new Error("the program has characters beyond ASCII");
  const start = head(0, 0).length;
  return Buffer.from(head(start, start + script.length) + script + text);
}
