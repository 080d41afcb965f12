/**
 * Collection patterns: which of the collections that exist a policy covers. `*` stands for any
 * characters, also none and also the `/` between a database and its collection; `?` stands for
 * exactly one; a leading `!` takes back what earlier patterns matched. Case matters.
 */

/**
 * The names that a list of patterns selects, sorted by code unit and without repeats. For each
 * name the last pattern that matches decides, as in a gitignore file. A list that begins with a
 * negation starts from everything, any other from nothing.
 */
export function matchCollections(
  patterns: readonly string[],
  names: readonly string[],
): readonly string[] {
  const globs = patterns.map((pattern) => ({
    isNegation: isNegation(pattern),
    glob: Array.from(isNegation(pattern) ? pattern.slice(1) : pattern),
  }));
  const isSelected = (name: string): boolean => {
    const characters = Array.from(name);
    const decisive = globs.findLast(({ glob }) => matchesGlob(glob, characters));
    return decisive === undefined ? globs[0]?.isNegation === true : !decisive.isNegation;
  };
  return Object.freeze([...new Set(names)].filter(isSelected).sort());
}

/** Whether a pattern names exactly one collection: no wildcard and no negation. */
export function isLiteralPattern(pattern: string): boolean {
  return !isNegation(pattern) && !/[*?]/.test(pattern);
}

/** The literal patterns that name no existing collection, in the order written, without repeats. */
export function unmatchedLiterals(
  patterns: readonly string[],
  names: readonly string[],
): readonly string[] {
  const existing = new Set(names);
  const missing = patterns.filter((p) => isLiteralPattern(p) && !existing.has(p));
  return Object.freeze([...new Set(missing)]);
}

function isNegation(pattern: string): boolean {
  return pattern.startsWith("!");
}

/**
 * Greedy matching that only ever goes back to the latest star: what earlier stars took can stay,
 * because a later star can take the rest. At most glob × name steps, whatever the pattern.
 */
function matchesGlob(glob: readonly string[], name: readonly string[]): boolean {
  let inGlob = 0;
  let inName = 0;
  let starAt = -1;
  let starEnd = 0;
  while (inName < name.length) {
    const wanted = glob[inGlob];
    if (wanted === "*") {
      starAt = inGlob;
      starEnd = inName;
      inGlob += 1;
    } else if (wanted !== undefined && (wanted === "?" || wanted === name[inName])) {
      inGlob += 1;
      inName += 1;
    } else if (starAt >= 0) {
      starEnd += 1;
      inName = starEnd;
      inGlob = starAt + 1;
    } else {
      return false;
    }
  }
  return glob.slice(inGlob).every((character) => character === "*");
}
