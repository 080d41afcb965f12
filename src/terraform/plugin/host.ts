import { writeSync } from "node:fs";

/** What a provider needs of its process; Node's `process` is one. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: { readonly [name: string]: string | undefined };
  readonly pid: number;
  readonly platform: string;
  on(event: string, listener: (...args: never[]) => void): unknown;
  exit(status: number): void;
}

/**
 * Writes at once, so that nothing is lost at the end of the process. Nobody listening any more is
 * no reason to fail: the one who started us may be gone.
 */
export function writeLine(descriptor: 1 | 2, text: string): void {
  let rest = Buffer.from(`${text}\n`);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch {
    // A closed or full pipe: what remains is lost, the work goes on.
  }
}
