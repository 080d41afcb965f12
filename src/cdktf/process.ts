/** The environment of the process that declares the constructs. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** The folder that relative paths of a program start in. */
export function processDirectory(): string {
  return process.cwd();
}

/** Says a warning where no command line of a CDK runs the program, which would say it itself. */
export function warnByProcess(text: string): void {
  if (process.env["CDKTF_OUTDIR"] === undefined) process.emitWarning(text, "SnapformWarning");
}
