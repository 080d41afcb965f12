import { usageError } from "./failure.ts";

/**
 * Reads `CLUSTER/COLLECTION`; a collection may hold further slashes.
 *
 * @throws SnapformError `usage`
 */
export function parsePlace(text: string): {
  readonly cluster: string;
  readonly collection: string;
} {
  const slash = text.indexOf("/");
  if (slash < 1 || slash === text.length - 1) {
    const hint = "Name the cluster and the collection, e.g. prod/docs.";
    throw usageError(`expected CLUSTER/COLLECTION, got ${JSON.stringify(text)}`, hint);
  }
  return { cluster: text.slice(0, slash), collection: text.slice(slash + 1) };
}
