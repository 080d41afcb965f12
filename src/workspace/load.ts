import { resolve } from "node:path";
import { loadConfig } from "../config/load-config.ts";
import { readConfigFiles } from "../config/read-files.ts";
import { openLocalStateStore } from "../state/local/local-state-store.ts";
import { openResources } from "./resources.ts";
import type { Session } from "./session.ts";
import { workspaceOf } from "./workspace-of.ts";
import type { LoadedWorkspace, WorkspaceOptions } from "./workspace.ts";

/**
 * Reads a configuration and opens what it names, lazily: nothing is looked at or written before a
 * method of the workspace is called.
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
  const session: Session = {
    desired,
    clock,
    signal,
    store: openLocalStateStore({ path: statePath, clock }),
    resources: openResources(desired, clock),
  };
  return { workspace: workspaceOf(session), diagnostics, sources: texts };
}
