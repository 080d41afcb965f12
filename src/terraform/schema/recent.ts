/** What was worked out lately, by what it was worked out of. */
export interface Recent<T> {
  /** `make` must be pure: whether it runs again is nobody's business. */
  of(key: string, make: () => T): T;
}

/** More than Terraform has in hand at once (`-parallelism`, ten unless it is told otherwise). */
const MOST = 64;

/** Of all keys: what is made of a long one is large too. */
const MOST_CHARACTERS = 200_000;

/**
 * Terraform asks for the same thing again within moments: it refreshes an object, then plans it.
 * So little is remembered, and no process grows with the number of resources.
 */
export function openRecent<T>(): Recent<T> {
  const made = new Map<string, T>();
  let characterCount = 0;
  const forget = (key: string): void => {
    if (made.delete(key)) characterCount -= key.length;
  };
  return {
    of(key, make) {
      const known = made.has(key);
      const value = known ? (made.get(key) as T) : make();
      forget(key);
      if (key.length > MOST_CHARACTERS) return value;
      // The last one of a map is the newest, the first one the next to go.
      made.set(key, value);
      characterCount += key.length;
      for (const oldest of made.keys()) {
        if (made.size <= MOST && characterCount <= MOST_CHARACTERS) break;
        forget(oldest);
      }
      return value;
    },
  };
}
