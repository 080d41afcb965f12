import { join } from "node:path";
import { SnapformError, type ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import { usageError } from "../failure.ts";
import type { GlobalFlags } from "../flags.ts";
import { documentJson } from "../views/document-json.ts";

/** The schemas of the package, each with what it describes. */
const SCHEMAS: Readonly<Record<string, string>> = Object.freeze({
  config: "the configuration in its canonical form",
  "config.editor": "the configuration as it may be written; for editors",
  cluster: "one cluster",
  repository: "one repository",
  policy: "one policy",
  snapshot: "one named snapshot",
  restore: "one restore",
  plan: "what `plan --json` writes",
  state: "what `state pull` writes",
});

/** Prints a published schema, or lists them. */
export async function schema(
  scope: CommandScope,
  flags: GlobalFlags,
  name?: string,
): Promise<ExitName> {
  const names = Object.keys(SCHEMAS);
  if (name === undefined) {
    const width = Math.max(...names.map((each) => each.length));
    const lines = Object.entries(SCHEMAS).map(([each, what]) => `${each.padEnd(width)}  ${what}\n`);
    scope.stdout.write(flags.json ? documentJson("schemas", { schemas: SCHEMAS }) : lines.join(""));
    return "done";
  }
  if (!names.includes(name)) {
    throw usageError(
      `there is no schema ${JSON.stringify(name)}`,
      `Name one of ${names.join(", ")}.`,
    );
  }
  scope.stdout.write(await readSchema(scope, name));
  return "done";
}

/** The text of a schema of the package. */
export async function readSchema(scope: CommandScope, name: string): Promise<string> {
  const text = await scope.readFile(join(scope.packageRoot, "schemas", `${name}.schema.json`));
  if (text !== null) return text;
  throw new SnapformError("not-found", `schema ${name} is missing from this installation`, {
    hint: "Install snapform again.",
  });
}
