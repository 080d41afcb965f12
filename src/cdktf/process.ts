/** The environment of the process that declares the constructs. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** The folder that relative paths of a program start in. */
export function processDirectory(): string {
  return process.cwd();
}
