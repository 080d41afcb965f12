/** Whether something is allowed; `unknown` where only the server can tell. */
export type Permission = "yes" | "no" | "unknown";

/** What a key may do, as far as it can be told without asking the server. */
export interface KeyAccess {
  /** Taking and deleting snapshots in general; `unknown` when it depends on the collection. */
  readonly create: Permission;
  /** Restoring and moving aliases. */
  readonly restore: Permission;
  /** Why something is not allowed, without anything of the key; null when all may be. */
  readonly reason: string | null;
  /** Taking and deleting snapshots of one collection. */
  createIn(collection: string): Permission;
}

/**
 * Looks into a key that is a JSON Web Token (claims `access` and `exp`); any other key tells
 * nothing. The signature is not checked: a `yes` is what the token claims, a `no` is certain.
 * After the rights of Qdrant's JWT access control: `r` reads, `m` manages, and in a list of
 * collections `rw` takes and deletes snapshots, while restoring needs `m`.
 */
export function accessOf(key: string, now: Date): KeyAccess {
  const claims = claimsOf(key);
  if (claims === null) return everywhere("unknown", null);
  const { exp, access } = claims;
  if (typeof exp === "number" && exp * 1000 <= now.getTime()) {
    return everywhere("no", `the token of the cluster ran out${instantOf(exp)}`);
  }
  if (access === "m") return everywhere("yes", null);
  if (access === "r") return everywhere("no", "the token of the cluster only reads");
  if (Array.isArray(access)) return perCollection(access);
  return everywhere("unknown", null);
}

function everywhere(permission: Permission, reason: string | null): KeyAccess {
  return Object.freeze({
    create: permission,
    restore: permission,
    reason,
    createIn: () => permission,
  });
}

function perCollection(access: readonly unknown[]): KeyAccess {
  const writable = new Set<string>();
  for (const each of access) {
    if (!isObject(each)) return everywhere("unknown", null);
    const { collection, access: right } = each;
    if (right === "rw" && typeof collection === "string") writable.add(collection);
  }
  return Object.freeze({
    create: writable.size === 0 ? "no" : "unknown",
    restore: "no",
    reason: "the token of the cluster is for some collections only, and restoring needs them all",
    createIn: (collection: string): Permission => (writable.has(collection) ? "yes" : "no"),
  });
}

/** The claims of a token; null for a key that is none. */
function claimsOf(key: string): Readonly<Record<string, unknown>> | null {
  const parts = key.split(".");
  const [header = "", payload = ""] = parts;
  if (parts.length !== 3 || !isObject(decoded(header))) return null;
  const claims = decoded(payload);
  return isObject(claims) ? claims : null;
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as unknown;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function instantOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "" : ` at ${date.toISOString()}`;
}
