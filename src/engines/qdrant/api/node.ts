import { strangeAnswer } from "../http/errors.ts";
import type { NodeClient } from "../http/node-client.ts";
import { optionsOf, readShape, type AskOptions } from "./ask.ts";
import { field, readText } from "./shape.ts";

/** The version of the server, e.g. `1.18.0`. Needs no key. */
export async function nodeVersion(client: NodeClient, options: AskOptions = {}): Promise<string> {
  const request = { method: "GET", path: [], doing: "asking for the version" } as const;
  const { json } = await client.json({ ...request, ...optionsOf(options) });
  const read = (): readonly [string, string] => [
    field(json, "title", "", readText),
    field(json, "version", "", readText),
  ];
  const [title, version] = readShape(client, request, read);
  if (/qdrant/i.test(title)) return version;
  const call = { node: client.name, doing: request.doing, safe: true };
  throw strangeAnswer(call, "what answers there does not call itself Qdrant");
}

/** What the node's clock shows, to the second; null when it does not tell. Needs no key. */
export async function nodeClock(
  client: NodeClient,
  options: AskOptions = {},
): Promise<Date | null> {
  const request = { method: "GET", path: [], doing: "asking for the time" } as const;
  return (await client.json({ ...request, ...optionsOf(options) })).givenAt;
}
