import { SnapformError } from "../../../errors/index.ts";

export interface NodeUrl {
  /** `https://host:port`, without a slash at its end. */
  readonly origin: string;
  /** Empty, or a path that begins with a slash and ends without one. */
  readonly prefix: string;
}

/**
 * Takes a node's URL apart. Nothing of a refused URL is shown but its host, because what is wrong
 * with it may be a password.
 *
 * @throws SnapformError `invalid-argument`
 */
export function parseNodeUrl(node: string, url: string): NodeUrl {
  const parsed = URL.parse(url.trim());
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) {
    throw refused(node, "is no http:// or https:// address");
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw refused(node, `(host ${parsed.host}) holds credentials`);
  }
  if (parsed.search !== "" || url.includes("?")) {
    throw refused(node, `(host ${parsed.host}) has a query`);
  }
  if (parsed.hash !== "" || url.includes("#")) {
    throw refused(node, `(host ${parsed.host}) has a fragment`);
  }
  return Object.freeze({ origin: parsed.origin, prefix: parsed.pathname.replace(/\/+$/, "") });
}

function refused(node: string, why: string): SnapformError {
  return new SnapformError("invalid-argument", `${node}: the URL of the node ${why}`, {
    hint: "Write https://HOST[:PORT][/PREFIX]; a key belongs in apiKey.",
  });
}
