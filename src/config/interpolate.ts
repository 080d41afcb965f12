export type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its references replaced, and what could not be. */
export interface Interpolation {
  readonly value: string;
  /** Names of variables that are not set. */
  readonly missing: readonly string[];
  /** References that are not of the form `${env:NAME}`. */
  readonly malformed: readonly string[];
}

const reference = /\$\$\{|\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}|\$\{[^}\n]{0,40}\}?/g;

/** Replaces each `${env:NAME}` by the variable's value; `$${` stands for a plain `${`. */
export function interpolate(text: string, env: Environment): Interpolation {
  const missing: string[] = [];
  const malformed: string[] = [];
  const value = text.replace(reference, (found: string, name: string | undefined) => {
    if (found === "$${") return "${";
    if (name === undefined) {
      malformed.push(found);
      return found;
    }
    const replacement = Object.hasOwn(env, name) ? env[name] : undefined;
    if (replacement === undefined) missing.push(name);
    return replacement ?? "";
  });
  return { value, missing, malformed };
}

/** The text when it is one reference and nothing else, so that it may be shown for a secret. */
export function soleReference(declared: string | null): string | null {
  return declared !== null && /^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/.test(declared) ? declared : null;
}
