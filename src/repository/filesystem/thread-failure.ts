/** An error as it travels from a thread: its class does not, and its members would be lost. */
export interface ThreadFailure {
  readonly kind: "failed";
  /** Of the system, e.g. `ENOSPC`, or of our table; null where it has none. */
  readonly code: string | null;
  readonly path: string | null;
  readonly message: string;
}

/** The error as it is sent. */
export function failureOf(error: unknown): ThreadFailure {
  const { code, path, message } = error as NodeJS.ErrnoException;
  return { kind: "failed", code: code ?? null, path: path ?? null, message };
}

/** The error as it was thrown. */
export function errorOf({ code, path, message }: ThreadFailure): Error {
  const error = new Error(message);
  return Object.assign(error, code === null ? {} : { code }, path === null ? {} : { path });
}
