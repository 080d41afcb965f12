/** The same few names are asked for again and again, for each resource. */
const kept = { snake: new Map<string, string>(), camel: new Map<string, string>() };
const keptLimit = 1000;

/** `keepOnCluster` becomes `keep_on_cluster`. */
export function snakeCase(name: string): string {
  return keep(kept.snake, name, () =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}

/** `keep_on_cluster` becomes `keepOnCluster`: the inverse of `snakeCase`. */
export function camelCase(name: string): string {
  return keep(kept.camel, name, () =>
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

function keep(names: Map<string, string>, name: string, make: () => string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const made = make();
  if (names.size < keptLimit) names.set(name, made);
  return made;
}
