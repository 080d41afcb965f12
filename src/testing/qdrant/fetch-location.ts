import { createWriteStream } from "node:fs";
import { mkdir, realpath, stat } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { get as getSecure } from "node:https";
import { dirname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { messageOf, refuse } from "./answer.ts";
import { temporaryPath, type Call } from "./call.ts";
import { isAtLeast } from "./world.ts";

/** A snapshot file to recover from; `isTemporary` if nobody else needs it. */
export interface LocatedFile {
  readonly path: string;
  readonly isTemporary: boolean;
}

const MAX_REDIRECT_COUNT = 10;

/**
 * Gets the file that a `location` names: downloads it (for real, following redirects), or finds it
 * among the node's own snapshots. `collection` is the folder that `file://` may point into.
 */
export async function fetchLocation(
  call: Call,
  location: URL,
  collection: string,
  apiKey: string | null,
): Promise<LocatedFile> {
  switch (location.protocol) {
    case "file:":
      return { path: await localFile(call, location, collection), isTemporary: false };
    case "http:":
    case "https:":
      if (!call.world.urlRecovery) {
        refuse(403, "Forbidden: Snapshot recovery from a remote URL is disabled");
      }
      return { path: await download(call, location, apiKey), isTemporary: true };
    default:
      return refuse(400, `Bad request: URL ${location.protocol} scheme is not supported`);
  }
}

async function localFile(call: Call, location: URL, collection: string): Promise<string> {
  if (location.host !== "") refuse(400, "Wrong input: file URL must not have a host");
  const path = fileURLToPath(location);
  const found = await stat(path).catch(() => null);
  const real = found ? await realpath(path) : path;
  const { root: given } = call.peer.uploads;
  const root = await realpath(given).catch(() => given);
  const isOwn = dirname(real) === root || real.startsWith(join(root, collection) + sep);
  if (!isOwn && isAtLeast(call.peer.version, "1.17.1")) {
    refuse(403, "Forbidden: Snapshot file is outside of the snapshots directory");
  }
  if (!found?.isFile()) refuse(400, "Bad request: Snapshot file does not exist");
  return real;
}

async function download(call: Call, location: URL, apiKey: string | null): Promise<string> {
  const path = temporaryPath(call, "download");
  await mkdir(dirname(path), { recursive: true });
  let response: IncomingMessage;
  try {
    response = await follow(location, apiKey === null ? {} : { "api-key": apiKey });
  } catch (error) {
    refuse(500, `Service internal error: Failed to download snapshot: ${messageOf(error)}`);
  }
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) {
    response.destroy();
    refuse(400, `Bad request: Failed to download snapshot from URL: status - ${status}`);
  }
  try {
    await pipeline(response, createWriteStream(path));
  } catch (error) {
    refuse(500, `Service internal error: Failed to download snapshot: ${messageOf(error)}`);
  }
  return path;
}

async function follow(start: URL, headers: Record<string, string>): Promise<IncomingMessage> {
  let url = start;
  for (let count = 0; ; count++) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = url.protocol === "https:" ? getSecure : get;
      request(url, { headers, agent: false }, resolve).on("error", reject);
    });
    const target = response.headers.location;
    const isRedirect = (response.statusCode ?? 0) >= 300 && (response.statusCode ?? 0) < 400;
    if (!isRedirect || target === undefined || count === MAX_REDIRECT_COUNT) return response;
    response.destroy();
    url = new URL(target, url);
  }
}
