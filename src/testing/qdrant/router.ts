import type { Right } from "./access.ts";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import { aliasRoutes } from "./routes-aliases.ts";
import { clusterRoutes } from "./routes-cluster.ts";
import { collectionRoutes } from "./routes-collections.ts";
import { pointRoutes } from "./routes-points.ts";
import { serviceRoutes } from "./routes-service.ts";
import { snapshotRoutes } from "./routes-snapshots.ts";

/** Method, path with `{names}`, the right that it needs, and what it does. */
export type Route = readonly [
  method: string,
  pattern: string,
  right: Right,
  run: (call: Call) => Promise<Answer> | Answer,
];

export interface Match {
  readonly right: Right;
  readonly run: Route[3];
  readonly params: Readonly<Record<string, string>>;
  /** True where the route itself says at which moment ordered delays wait. */
  readonly pausesItself: boolean;
}

interface Compiled {
  readonly route: Route;
  readonly segments: readonly string[];
}

const compiled: readonly Compiled[] = [
  ...serviceRoutes,
  ...aliasRoutes,
  ...clusterRoutes,
  ...collectionRoutes,
  ...pointRoutes,
  ...snapshotRoutes,
].map((route) => ({ route, segments: route[1].split("/") }));

/** The route of a request; null where the server knows no such path. */
export function match(method: string, path: string): Match | null {
  const given = path.split("/");
  for (const { route, segments } of compiled) {
    if (route[0] !== method || segments.length !== given.length) continue;
    const params = paramsOf(segments, given);
    if (!params) continue;
    const pausesItself = method !== "GET" && route[1].includes("/snapshots");
    return { right: route[2], run: route[3], params, pausesItself };
  }
  return null;
}

function paramsOf(
  segments: readonly string[],
  given: readonly string[],
): Readonly<Record<string, string>> | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = given[index] ?? "";
    if (segment.startsWith("{")) {
      const decoded = decode(value);
      if (decoded === null || decoded === "") return null;
      params[segment.slice(1, -1)] = decoded;
    } else if (segment !== value) return null;
  }
  return params;
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
