/**
 * A value that must not be shown. However it is printed (as text, as JSON, by an inspector) it
 * gives where it comes from, `${env:NAME}`, or `(secret)`; only `reveal` gives the value.
 */
export interface Secret {
  /** The value, for the call that needs it. */
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
}

const inspect = Symbol.for("nodejs.util.inspect.custom");

/** `reference` is what may be shown, e.g. `${env:NAME}`; null when the text itself was given. */
export function secretOf(value: string, reference: string | null): Secret {
  const show = (): string => reference ?? "(secret)";
  return Object.freeze({ reveal: () => value, toString: show, toJSON: show, [inspect]: show });
}
