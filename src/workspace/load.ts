import { resolve } from "node:path";
import { loadConfig } from "../config/load-config.ts";
import { readConfigFiles } from "../config/read-files.ts";
import { workspaceOf } from "./workspace-of.ts";
import type { LoadedWorkspace, WorkspaceOptions } from "./workspace.ts";

/**
 * Reads a configuration and opens what it names, lazily: nothing is looked at, written or even
 * loaded as code before a method of the workspace is called.
 *
 * @throws SnapformError when a file cannot be read; mistakes in it are diagnostics
 */
export async function loadWorkspace(options: WorkspaceOptions): Promise<LoadedWorkspace> {
  const { directory, env, clock, signal } = options;
  const files = await readConfigFiles(options.files, directory);
  const { desired, diagnostics, sources, statePath } = loadConfig({
    files,
    env,
    workingDirectory: resolve(directory),
  });
  const texts = Object.fromEntries(sources);
  if (desired === null) return { workspace: null, diagnostics, sources: texts };
  const workspace = workspaceOf({
    desired,
    stateLocation: statePath,
    async open() {
      const { openSession } = await import("./open-session.ts");
      return openSession({ desired, statePath, clock, signal });
    },
  });
  return { workspace, diagnostics, sources: texts };
}
