import { parseAddress, resourceOf } from "../address/address.ts";
import type { Desired } from "../desired/desired.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { matchCollections } from "../policy/match.ts";
import type { Survey } from "./survey.ts";

/** Which resources, and which collections of a policy, a plan is about. */
export interface Scope {
  readonly isAll: boolean;
  includes(address: string): boolean;
  isForced(address: string): boolean;
  /** The collections of a policy that are meant; null for all of them. */
  collectionsOf(policy: string, cluster: string): readonly ScopedCollection[] | null;
}

export interface ScopedCollection {
  readonly collection: string;
  readonly force: boolean;
}

/** What `--only` and `run` name; nothing named means everything. */
export function scopeOf(only: readonly string[], force: readonly string[]): Scope {
  const forced = new Set(force);
  const named = [...new Set([...only, ...force])].sort();
  return {
    isAll: named.length === 0,
    includes: (address) =>
      named.length === 0 || named.some((entry) => resourceOf(entry) === address),
    isForced: (address) => forced.has(address),
    collectionsOf(policy, cluster) {
      const address = `policy.${policy}`;
      if (named.length === 0 || named.includes(address)) return null;
      return named.flatMap((entry) => {
        const collection = collectionOf(entry, address, cluster);
        return collection === null ? [] : [{ collection, force: forced.has(entry) }];
      });
    },
  };
}

function collectionOf(entry: string, address: string, cluster: string): string | null {
  const key = resourceOf(entry) === address ? parseAddress(entry)?.key : undefined;
  return key?.startsWith(`${cluster}/`) ? key.slice(cluster.length + 1) : null;
}

/** What is named and does not exist: a misspelt name must not look like nothing to do. */
export function scopeDiagnostics(
  named: readonly string[],
  desired: Desired,
  survey: Survey,
): Diagnostic[] {
  return [...new Set(named)]
    .filter((entry) => !exists(entry, desired, survey))
    .map((entry) => ({
      severity: "error",
      code: "unknown-address",
      summary: "Nothing has this address",
      detail:
        `${entry} is neither declared nor a collection that a declared policy covers. ` +
        "Run `snapform status` to see what there is.",
      address: entry,
    }));
}

function exists(entry: string, desired: Desired, survey: Survey): boolean {
  const parsed = parseAddress(entry);
  if (!parsed) return false;
  const { kind, name, key } = parsed;
  if (kind === "snapshot") return desired.snapshots.some((each) => each.name === name);
  if (kind === "restore") return desired.restores.some((each) => each.name === name);
  const policy = desired.policies.find((each) => each.name === name);
  if (!policy || key === undefined) return policy !== undefined;
  const collection = collectionOf(entry, `policy.${name}`, policy.cluster);
  if (collection === null) return false;
  const isHeld = survey
    .placesOf(`policy.${name}`)
    .some((place) => place.cluster === policy.cluster && place.collection === collection);
  return isHeld || matchCollections(policy.collections, [collection]).length > 0;
}
