/** What happens at the chosen operation. */
export type CutKind = "death" | "error";

/**
 * Stands before every operation that a workspace does to the world, whichever edge it goes through,
 * and counts them. At the chosen one the process dies (that call and all later ones never end) or
 * the operation fails once.
 */
export class Seam {
  /** The names of the operations in their order. */
  readonly log: string[] = [];
  readonly died: Promise<string>;
  /** True once the failure has happened, or the death. */
  hasCut = false;
  readonly #cutAt: number | string;
  readonly #kind: CutKind;
  readonly #countsReads: boolean;
  readonly #onOperation: (count: number) => void;
  readonly #resolveDied: (name: string) => void;
  #isDead = false;
  #inFlight = 0;
  #onQuiet: (() => void) | null = null;

  constructor(
    options: {
      /** Its number, or its name for the first of that name. */
      readonly cutAt?: number | string;
      readonly kind?: CutKind;
      readonly countsReads?: boolean;
      /** Told before each operation, with its number. */
      readonly onOperation?: (count: number) => void;
    } = {},
  ) {
    this.#cutAt = options.cutAt ?? Infinity;
    this.#kind = options.kind ?? "death";
    this.#countsReads = options.countsReads ?? false;
    this.#onOperation = options.onOperation ?? (() => undefined);
    const { promise, resolve } = Promise.withResolvers<string>();
    this.died = promise;
    this.#resolveDied = resolve;
  }

  get count(): number {
    return this.log.length;
  }

  async run<T>(name: string, isRead: boolean, call: () => Promise<T>): Promise<T> {
    if (this.#isDead) return never();
    if (!isRead || this.#countsReads) {
      this.log.push(name);
      this.#onOperation(this.log.length);
      const isHere = this.#cutAt === this.log.length || this.#cutAt === name;
      if (isHere && !this.hasCut) {
        this.hasCut = true;
        if (this.#kind === "death") return this.#die(name);
        throw Object.assign(new Error(`EIO: a fault of the test at ${name}`), { code: "EIO" });
      }
    }
    this.#inFlight += 1;
    const outcome = await call().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#onQuiet?.();
    if (this.#isDead) return never();
    if ("value" in outcome) return outcome.value;
    throw outcome.error as Error;
  }

  /** Ends when nothing that was begun before the death is under way any more. */
  async quiet(): Promise<void> {
    while (this.#inFlight > 0) {
      await new Promise<void>((resolve) => (this.#onQuiet = resolve));
    }
  }

  /** An object each of whose calls goes through here. */
  wrap<T extends object>(prefix: string, target: T, options: WrapOptions = {}): T {
    const calls = Object.entries(target).map(([name, call]) => {
      if (typeof call !== "function") return [name, call] as const;
      const isRead = options.reads?.includes(name) ?? false;
      const through = (...args: unknown[]): Promise<unknown> =>
        this.run(`${prefix}.${name}`, isRead, async () => {
          const result: unknown = await (call as (...all: unknown[]) => unknown).apply(
            target,
            args,
          );
          const inner = options.opens?.[name];
          return inner === undefined ? result : this.wrap(inner, result as object);
        });
      return [name, through] as const;
    });
    return Object.fromEntries(calls) as T;
  }

  #die(name: string): Promise<never> {
    this.#isDead = true;
    this.#resolveDied(name);
    return never();
  }
}

export interface WrapOptions {
  /** Calls that change nothing. */
  readonly reads?: readonly string[];
  /** Calls that give another object whose calls count, by the name under which they do. */
  readonly opens?: Readonly<Record<string, string>>;
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
