import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { refuseWith, text } from "./answer.ts";
import { findCollection } from "./collections.ts";
import type { JsonObject, World } from "./world.ts";

/** The keys that the servers know; without any of them everybody may do everything. */
export interface FakeQdrantKeys {
  readonly apiKey?: string;
  /** A second full key, for rotation. */
  readonly altApiKey?: string;
  readonly readOnlyApiKey?: string;
  /** True: tokens signed (HS256) with the full key are taken, too. */
  readonly jwt?: boolean;
}

/** What a call needs; the last four are about the collection in its path. */
export type Right =
  | "open"
  | "listing"
  | "global-read"
  | "global-manage"
  | "collection-any"
  | "collection-read"
  | "collection-write"
  | "points-write";

type CollectionAccess = "r" | "rw" | "prw";

/** Who asks: everything, reading everything, or some collections. */
export type Access =
  | { readonly kind: "manage" }
  | { readonly kind: "read" }
  | { readonly kind: "collections"; readonly of: ReadonlyMap<string, CollectionAccess> };

const ALLOWED: Readonly<Record<string, readonly CollectionAccess[]>> = {
  "collection-any": ["r", "rw", "prw"],
  "collection-read": ["r", "rw"],
  "collection-write": ["rw"],
  "points-write": ["rw", "prw"],
};

const READING: readonly Right[] = ["listing", "global-read", "collection-any", "collection-read"];

/** Finds out who asks; refuses with plain text 401, or 403 for a token that has run out. */
export function authenticate(
  world: World,
  keys: FakeQdrantKeys,
  headers: IncomingHttpHeaders,
): Access {
  const { apiKey, altApiKey, readOnlyApiKey } = keys;
  if (!apiKey && !altApiKey && !readOnlyApiKey) return { kind: "manage" };
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  const sent = headers["api-key"] ?? bearer;
  if (sent === undefined) {
    deny(401, "Must provide an API key or an Authorization bearer token");
  }
  const given = String(sent);
  if ([apiKey, altApiKey].some((key) => isSame(key, given))) return { kind: "manage" };
  if (isSame(readOnlyApiKey, given)) return { kind: "read" };
  const claims = keys.jwt === true && apiKey ? verify(given, apiKey) : null;
  if (!claims) deny(401, "Invalid API key or JWT");
  if (typeof claims.exp === "number" && claims.exp * 1000 < world.clock.now().getTime()) {
    deny(403, "Invalid JWT: ExpiredSignature");
  }
  if (!valueExists(world, claims.value_exists)) {
    deny(401, "Invalid JWT, stateful validation failed");
  }
  return accessOf(claims.access ?? "r");
}

/** Refuses with plain text 403 what that access does not allow. */
export function authorize(
  world: World,
  access: Access,
  right: Right,
  collectionName: string | undefined,
): void {
  if (right === "open" || access.kind === "manage") return;
  if (access.kind === "read") {
    if (READING.includes(right)) return;
    deny(403, "Forbidden: Global manage access is required");
  }
  if (right === "listing") return;
  if (right.startsWith("global")) deny(403, "Forbidden: Global access is required");
  const name = collectionName ?? "";
  const granted = grantedOn(world, access, name);
  if (granted && ALLOWED[right]?.includes(granted)) return;
  deny(403, `Forbidden: Access to collection ${name} is required`);
}

/** May this one see the collection in a listing? */
export function maySee(world: World, access: Access, collectionName: string): boolean {
  return access.kind !== "collections" || grantedOn(world, access, collectionName) !== undefined;
}

function grantedOn(
  world: World,
  access: Extract<Access, { kind: "collections" }>,
  name: string,
): CollectionAccess | undefined {
  return access.of.get(world.aliases.get(name) ?? name);
}

function accessOf(claim: unknown): Access {
  if (claim === "m") return { kind: "manage" };
  if (claim === "r") return { kind: "read" };
  if (!Array.isArray(claim)) deny(401, "Invalid JWT: unknown access");
  const entries = claim as { collection: string; access: CollectionAccess }[];
  return {
    kind: "collections",
    of: new Map(entries.map(({ collection, access }) => [collection, access])),
  };
}

function valueExists(world: World, claim: unknown): boolean {
  if (claim === undefined || claim === null) return true;
  const { collection, matches } = claim as {
    collection: string;
    matches: readonly { readonly key: string; readonly value: unknown }[];
  };
  const shards = [...(findCollection(world, collection)?.shards.values() ?? [])];
  const replicas = shards.flatMap((shard) => [...shard.replicas.values()]);
  const points = replicas.flatMap((replica) => [...replica.points.values()]);
  return points.some(({ payload }) => matches.every(({ key, value }) => payload[key] === value));
}

/** The claims of a token whose signature is right. */
function verify(token: string, secret: string): JsonObject | null {
  const [head, body, signature, ...more] = token.split(".");
  if (head === undefined || body === undefined || signature === undefined || more.length > 0) {
    return null;
  }
  const expected = createHmac("sha256", secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const parse = (part: string): JsonObject =>
    JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as JsonObject;
  try {
    return parse(head).alg === "HS256" ? parse(body) : null;
  } catch {
    return null;
  }
}

function isSame(key: string | undefined, given: string): boolean {
  return key !== undefined && key !== "" && key === given;
}

function deny(status: 401 | 403, words: string): never {
  refuseWith(text(status, words), words);
}
