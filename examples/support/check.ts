import { isDeepStrictEqual } from "node:util";

/** What an example shows is not what it says: the example fails with this. */
export class ExampleFailure extends Error {
  override readonly name = "ExampleFailure";
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Says what holds, or fails with what was expected and what was found. */
export class Checks {
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  isTrue(what: string, holds: boolean): void {
    if (!holds) throw new ExampleFailure(`not true: ${what}`);
    this.#say(`  ✓ ${what}`);
  }

  equals(what: string, actual: unknown, expected: unknown): void {
    if (!isDeepStrictEqual(actual, expected)) {
      throw new ExampleFailure(
        `not true: ${what}\n  expected ${shown(expected)}\n  found    ${shown(actual)}`,
      );
    }
    this.#say(`  ✓ ${what}`);
  }

  /** The output has a line (or part of one) like this. */
  shows(what: string, output: string, telling: RegExp): void {
    if (!telling.test(output)) {
      throw new ExampleFailure(`not true: ${what}\n  expected output like ${telling}`);
    }
    this.#say(`  ✓ ${what}`);
  }
}
