import { basename, dirname, join, relative, resolve } from "node:path";
import { SnapformError, type ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import { usageError } from "../failure.ts";
import type { GlobalFlags } from "../flags.ts";
import type { InitFlags } from "../routes/init.ts";
import { documentJson } from "../views/document-json.ts";
import { readSchema } from "./schema.ts";

const installed = "node_modules/snapform/schemas/config.editor.schema.json";
const beside = "snapform.schema.json";

/** Writes a first configuration, never over one that is there. */
export async function init(scope: CommandScope, flags: InitFlags & GlobalFlags): Promise<ExitName> {
  const [file = "snapform.yaml", ...more] = flags.file;
  if (more.length > 0) throw usageError("init writes one file", "Give -f once.");
  const folder = dirname(file);
  const schema = await schemaFor(scope, folder, flags.withSchema);
  const text = configuration(projectName(scope, folder), flags.uri, schema);
  if (!(await scope.writeFile(file, text, true))) {
    throw new SnapformError("already-exists", `${file} exists already; nothing was written`, {
      hint: "Remove it first, or name another file with -f FILE.",
    });
  }
  const written = [file];
  if (schema === beside) {
    const path = join(folder, beside);
    if (await scope.writeFile(path, await readSchema(scope, "config.editor"), true)) {
      written.push(path);
    }
  }
  scope.stdout.write(
    flags.json
      ? documentJson("init", { written })
      : `Wrote ${written.join(" and ")}. Look at it, then: snapform plan\n`,
  );
  return "done";
}

/** The schema that editors are pointed to, relative to the configuration; null without one. */
async function schemaFor(
  scope: CommandScope,
  folder: string,
  withSchema: boolean,
): Promise<string | null> {
  if (withSchema) return beside;
  if ((await scope.readFile(installed)) === null) return null;
  const path = relative(resolve(scope.cwd, folder), resolve(scope.cwd, installed));
  return path.startsWith(".") ? path : `./${path}`;
}

/** The folder's name, as far as a project may be called so. */
function projectName(scope: CommandScope, folder: string): string {
  const name = basename(resolve(scope.cwd, folder)).replace(/[^A-Za-z0-9_-]+/g, "-");
  return /^[A-Za-z0-9_]/.test(name) ? name : "my-backups";
}

function configuration(project: string, uri: string, schema: string | null): string {
  const modeline =
    schema === null
      ? "# For completion in editors: snapform schema config.editor > snapform.schema.json,\n" +
        "# then put this on the first line: # yaml-language-server: $schema=snapform.schema.json\n"
      : `# yaml-language-server: $schema=${schema}\n`;
  return `${modeline}version: 1

# Who owns what this configuration makes. It stands in every snapshot; do not change it later.
project: ${project}

# The record of what was made. Keep it where the next run finds it again.
state:
  path: .snapform/state

clusters:
  local:
    engine: lancedb
    uri: ${JSON.stringify(uri)}

# Where the snapshots go. Another disk than the data's is better.
repositories:
  vault:
    type: filesystem
    path: .snapform/vault

policies:
  nightly:
    cluster: local
    # Patterns; a leading ! leaves out what matches.
    collections: ["*"]
    schedule:
      cron: "0 2 * * *"
      timezone: UTC
    # What is kept: a snapshot stays as long as one of these wants it.
    retention:
      last: 3
      daily: 7
      weekly: 4
      monthly: 6
    repository: vault
`;
}
