/** `keepOnCluster` becomes `keep_on_cluster`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `keep_on_cluster` becomes `keepOnCluster`: the inverse of `snakeCase`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
