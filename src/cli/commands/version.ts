import type { ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import { VERSION } from "../version.ts";
import { documentJson } from "../views/document-json.ts";

/** Shows the version. */
export async function version(scope: CommandScope, flags: GlobalFlags): Promise<ExitName> {
  const { nodeVersion: node } = scope;
  scope.stdout.write(
    flags.json ? documentJson("version", { version: VERSION, node }) : `${VERSION}\n`,
  );
  return "done";
}
