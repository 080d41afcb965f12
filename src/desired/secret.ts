const inspect = Symbol.for("nodejs.util.inspect.custom");

/**
 * A value that must not be shown. However it is printed (as text, as JSON, by an inspector) it
 * gives where it comes from, `${env:NAME}`, or `(secret)`; only `reveal` gives the value.
 */
export class Secret {
  readonly #value: string;
  readonly #label: string;

  /** `reference` is what may be shown, e.g. `${env:NAME}`; null when the text itself was given. */
  constructor(value: string, reference: string | null) {
    this.#value = value;
    this.#label = reference ?? "(secret)";
    Object.freeze(this);
  }

  /** The value, for the call that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return this.#label;
  }

  toJSON(): string {
    return this.#label;
  }

  [inspect](): string {
    return this.#label;
  }
}
