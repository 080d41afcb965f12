import {
  openNodeClient,
  type NodeClient,
  type NodeOptions,
} from "../../src/engines/qdrant/http/node-client.ts";
import type { Seam } from "./seam.ts";

/** A connection to a node whose every request goes through the seam; what only looks is a read. */
export function openSeamedNode(cluster: string, options: NodeOptions, seam: Seam): NodeClient {
  const client = openNodeClient(options);
  // The connections of a process end with it: what it was sending breaks off.
  const end = new AbortController();
  void seam.died.then(() => end.abort());
  const through = <T>(method: string, isRead: boolean, send: () => Promise<T>): Promise<T> =>
    seam.run(`${cluster}.${method}`, isRead, send);
  return {
    ...client,
    json: (request) => {
      const { method, safe = false } = request;
      const isRead = method === "GET" || (method === "POST" && safe);
      return through(nameOf(method, request.path), isRead, () => client.json(request));
    },
    upload: (request) => {
      const signal = AbortSignal.any([end.signal, ...(request.signal ? [request.signal] : [])]);
      return through("upload", false, () => client.upload({ ...request, signal }));
    },
  };
}

/** The kind of a request: `POST snapshots`, `DELETE collection`. */
function nameOf(method: string, path: readonly string[]): string {
  const [first = "", second, third] = path;
  const what = third ?? (second === undefined || second === "aliases" ? (second ?? first) : "one");
  return `${method} ${what}`;
}
