import { join } from "node:path";
import { SYNTH_MARK, synthesize } from "../../cdktf/synth.ts";
import { SnapformError, type ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import { showFailure } from "../failure.ts";
import type { GlobalFlags } from "../flags.ts";
import { invalidConfiguration } from "../open.ts";
import type { SynthFlags } from "../routes/synth.ts";
import { screenOf } from "../screen.ts";
import { diagnosticsHuman } from "../views/diagnostics-human.ts";
import { documentJson } from "../views/document-json.ts";
import { synthHuman } from "../views/synth-human.ts";

/** Writes the configuration as a Terraform project. */
export async function synth(
  scope: CommandScope,
  flags: SynthFlags & GlobalFlags,
): Promise<ExitName> {
  const { cwd: directory, env } = scope;
  const request = { files: flags.file, directory, env, out: flags.out };
  const { synthesis, diagnostics, sources } = await synthesize(request);
  if (!flags.json && diagnostics.length > 0) {
    const screen = screenOf(scope, flags.noColor);
    scope.stderr.write(`${diagnosticsHuman(diagnostics, Object.fromEntries(sources), screen)}\n`);
  }
  if (synthesis === null) {
    return showFailure(scope, flags, invalidConfiguration(diagnostics), diagnostics);
  }
  const file = join(flags.out, "cdk.tf.json");
  const { text, resources, variables } = synthesis;
  const before = await scope.readFile(file);
  if (before !== null && !before.includes(SYNTH_MARK)) throw someoneElses(file);
  if (before !== text) await scope.writeFile(file, text, false);
  scope.stdout.write(
    flags.json
      ? documentJson("synth", { file, resources, variables })
      : synthHuman({ file, resources, variables, isNew: before !== text }),
  );
  if (flags.json && diagnostics.length > 0) {
    scope.stderr.write(documentJson("diagnostics", { diagnostics }));
  }
  return "done";
}

function someoneElses(file: string): SnapformError {
  const message = `${file} was not written by snapform synth; nothing was written`;
  return new SnapformError("already-exists", message, {
    hint: "Name another folder with --out DIR, or remove the file first.",
  });
}
