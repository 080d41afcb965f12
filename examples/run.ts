// Runs one example from beginning to end: `npm run example -- NAME [--keep DIR]`. The example says
// what its result has to be and checks it; this process fails when it is something else.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { ExampleFailure } from "./support/check.ts";
import { namedFolder, shownFolder, temporaryFolder } from "./support/folder.ts";
import { Session } from "./support/session.ts";

/** What the `run.ts` of an example exports. */
interface Example {
  /** Where its files stay when nobody says where; null for a folder that is removed at the end. */
  readonly keepIn: string | null;
  readonly run: (session: Session) => Promise<void>;
}

/** Folders with a `run.ts`; `terraform/quickstart` lies in a folder of its kind. */
const examples = globSync("{*,*/*}/run.ts", { cwd: import.meta.dirname })
  .map((file) => dirname(file))
  .toSorted();

const usage = "Usage: npm run example -- NAME [--keep DIR] [--spoil]";

function list(): string {
  const width = Math.max(...examples.map((name) => name.length)) + 2;
  const lines = examples.map((name) => {
    const readme = readFileSync(join(import.meta.dirname, name, "README.md"), "utf8");
    const [, summary = ""] = readme.split("\n").filter((line) => line !== "");
    return `  ${name.padEnd(width)}${summary}`;
  });
  return [
    usage,
    "",
    ...lines,
    "",
    "--keep DIR  Leave the files of the example there, to go on with.",
    "--spoil     Spoil the result on purpose, to see that the example notices.",
    "",
  ].join("\n");
}

interface Request {
  readonly name: string;
  readonly keep: string | undefined;
  readonly spoil: boolean;
}

/** The request, or what is wrong with it. */
function readRequest(args: readonly string[]): Request | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { keep: { type: "string" }, spoil: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const [name, ...rest] = positionals;
    if (name === undefined) return "";
    if (rest.length > 0) return `one example at a time: ${positionals.join(", ")}`;
    if (!examples.includes(name)) return `there is no example ${JSON.stringify(name)}`;
    return { name, keep: values.keep, spoil: values.spoil };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function runExample({ name, keep, spoil }: Request): Promise<number> {
  const url = new URL(`./${name}/run.ts`, import.meta.url);
  const { keepIn, run } = (await import(url.href)) as Example;
  const kept = keep === undefined ? keepIn : resolve(process.env["INIT_CWD"] ?? ".", keep);
  const startedAt = performance.now();
  const print = (text: string): void => void process.stdout.write(text);
  const temporary = kept === null ? temporaryFolder(name) : null;
  try {
    const folder = temporary?.folder ?? namedFolder(kept ?? "");
    await run(new Session(folder, spoil, print));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (kept !== null) print(`\nIts files are in ${shownFolder(kept)}.`);
    print(`\nExample ${name} did what it says, in ${seconds} s.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ExampleFailure)) throw error;
    process.stderr.write(`\nExample ${name} FAILED: ${error.message}\n`);
    return 1;
  } finally {
    temporary?.remove();
  }
}

const request = readRequest(process.argv.slice(2));
if (request === "") {
  process.stdout.write(list());
} else if (typeof request === "string") {
  process.stderr.write(`${request}\n\n${list()}`);
  process.exitCode = 64;
} else {
  process.exitCode = await runExample(request);
}
