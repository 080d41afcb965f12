/**
 * The only door to time and chance. Everything that waits, dates or shakes dice takes one of these,
 * so that tests and the crash simulator own both.
 */
export interface Clock {
  /** The instant now. */
  now(): Date;
  /** Milliseconds of a clock that never goes backwards; only differences mean anything. */
  monotonicMs(): number;
  /** Waits; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
  /** A random lower-case hexadecimal string of `byteCount` bytes. */
  randomHex(byteCount: number): string;
}
