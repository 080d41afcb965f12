// Addresses: the immutable names of what a configuration declares. May know nothing else of
// snapform. Invariant: parse and format are inverse to one another, and an address never changes;
// a resource that gets another name says so in a `moved:` entry.

export type ResourceKind = "policy" | "snapshot" | "restore";

/**
 * The name of a resource, or of one collection under a policy:
 * `policy.nightly`, `snapshot.before-v2`, `policy.nightly["prod/docs"]`.
 */
export interface Address {
  readonly kind: ResourceKind;
  readonly name: string;
  /** `cluster/collection`, for a policy only. */
  readonly key?: string;
}

const ADDRESS =
  /^(policy|snapshot|restore)\.([A-Za-z0-9_][A-Za-z0-9_-]*)(?:\["((?:[^"\\]|\\.)*)"\])?$/;

/** Parses an address; null when the text is not one. */
export function parseAddress(text: string): Address | null {
  const match = ADDRESS.exec(text);
  if (!match) return null;
  const kind = match[1] as ResourceKind;
  const name = match[2] as string;
  if (match[3] === undefined) return Object.freeze({ kind, name });
  if (kind !== "policy") return null;
  return Object.freeze({ kind, name, key: match[3].replace(/\\(.)/g, "$1") });
}

export function formatAddress(address: Address): string {
  const base = `${address.kind}.${address.name}`;
  if (address.key === undefined) return base;
  return `${base}["${address.key.replace(/["\\]/g, "\\$&")}"]`;
}

/** The address without its collection key: `policy.nightly` of `policy.nightly["prod/docs"]`. */
export function resourceOf(address: string): string {
  const bracket = address.indexOf("[");
  return bracket < 0 ? address : address.slice(0, bracket);
}

/** The address of one collection under a policy. */
export function policyCollectionAddress(
  policy: string,
  cluster: string,
  collection: string,
): string {
  return formatAddress({ kind: "policy", name: policy, key: `${cluster}/${collection}` });
}
