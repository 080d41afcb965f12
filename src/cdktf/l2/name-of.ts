import { createHash } from "node:crypto";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { SnapformError } from "../../errors/index.ts";

/**
 * A collection's name as that of a resource. Where characters have to be replaced, a part of its
 * hash tells it from others that would be called the same.
 *
 * @throws SnapformError `invalid-argument` for a token, of which nobody knows the name yet
 */
export function nameOf(construct: Construct, collection: string): string {
  if (Token.isUnresolved(collection)) {
    throw new SnapformError(
      "invalid-argument",
      `${construct.node.path}: the collection is not known yet, so nothing can be named after it`,
      { hint: "Give a `name`." },
    );
  }
  if (/^\w[\w-]*$/.test(collection)) return collection;
  const hash = createHash("sha256").update(collection).digest("hex").slice(0, 6);
  return `${collection.replace(/[^\w-]+/g, "-").replace(/^-+/, "")}-${hash}`;
}
