// The process around the command line: its streams, files, signals and exit. The only room of the
// command line that touches the world; everything else gets the context that is made here. May know
// the workspace, to load it late. Invariant: the first Ctrl-C only asks to stop, the second one
// stops at once; a reader that went away ends the output, never the work.
import { runCli } from "../run.ts";
import { VERSION } from "../version.ts";
import { processContext } from "./process-context.ts";

/** Runs the command line of this process and sets how it exits. */
export async function runProcess(args: readonly string[]): Promise<void> {
  const controller = new AbortController();
  stopOnSignals(controller);
  surviveClosedPipes();
  process.exitCode = await runCli(args, processContext(controller.signal));
}

function stopOnSignals(controller: AbortController): void {
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(
      "\nStopping at the next safe point; press Ctrl-C again to stop at once.\n",
    );
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

/** `snapform plan | head` closes the pipe early: what is written then has nobody to read it. */
function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return;
      process.exitCode = 1;
      if (stream === process.stdout) {
        process.stderr.write(
          `Error: cannot write the output (snapform ${VERSION}): ${error.message}\n`,
        );
      }
    });
  }
}
