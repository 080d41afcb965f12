import { hasErrors, type Diagnostic } from "../diagnostics/diagnostic.ts";
import { SnapformError, type ExitName } from "../errors/index.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { CommandScope } from "./context.ts";
import { showFailure } from "./failure.ts";
import type { GlobalFlags } from "./flags.ts";
import { screenOf } from "./screen.ts";
import { zonesOf, type Zones } from "./text/instants.ts";
import type { Screen } from "./text/style.ts";
import { counted } from "./text/units.ts";
import { diagnosticsHuman, type Sources } from "./views/diagnostics-human.ts";
import { documentJson } from "./views/document-json.ts";

/** What a command works with once the configuration is read. */
export interface Opened {
  readonly workspace: Workspace;
  readonly sources: Sources;
  readonly screen: Screen;
  readonly zones: Zones;
}

/**
 * Reads the configuration, lets a command work with it and closes it. Mistakes in it are shown with
 * their lines on standard error, and the command is not run.
 */
export async function withWorkspace(
  scope: CommandScope,
  flags: GlobalFlags,
  work: (opened: Opened) => Promise<ExitName>,
): Promise<ExitName> {
  const { workspace, diagnostics, sources } = await scope.load({
    files: flags.file,
    directory: scope.cwd,
    env: scope.env,
    clock: scope.clock,
    signal: scope.signal,
  });
  const screen = screenOf(scope, flags.noColor);
  if (!flags.json && diagnostics.length > 0) {
    scope.stderr.write(`${diagnosticsHuman(diagnostics, sources, screen)}\n`);
  }
  if (workspace === null)
    return showFailure(scope, flags, invalidConfiguration(diagnostics), diagnostics);
  try {
    const opened = { workspace, sources, screen, zones: zonesOf(workspace.desired) };
    const exit = await work(opened);
    if (flags.json && diagnostics.length > 0) {
      scope.stderr.write(documentJson("diagnostics", { diagnostics }));
    }
    return exit;
  } catch (error) {
    return showFailure(scope, flags, error, diagnostics);
  } finally {
    await workspace.close();
  }
}

/** What a command fails with when there are mistakes in the configuration. */
export function invalidConfiguration(diagnostics: readonly Diagnostic[]): SnapformError {
  const errors = diagnostics.filter((entry) => hasErrors([entry]));
  return new SnapformError(
    "invalid-argument",
    `the configuration has ${counted(errors.length, "error")}; nothing was done`,
  );
}
