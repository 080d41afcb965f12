import { ok, text, type Answer } from "./answer.ts";
import { maySee } from "./access.ts";
import type { Call } from "./call.ts";
import type { Route } from "./router.ts";

/** What a server says of itself. */
export const serviceRoutes: readonly Route[] = [
  ["GET", "/", "open", root],
  ["GET", "/healthz", "open", () => text(200, "healthz check passed")],
  ["GET", "/livez", "open", () => text(200, "livez check passed")],
  ["GET", "/readyz", "open", () => text(200, "all shards are ready")],
  ["GET", "/metrics", "global-read", metrics],
  ["GET", "/telemetry", "global-read", telemetry],
];

function root({ peer }: Call): Answer {
  const value = { title: "qdrant - vector search engine", version: peer.version, commit: "fake" };
  return { status: 200, body: { kind: "json", value } };
}

function metrics({ world, peer }: Call): Answer {
  const lines = [
    `app_info{name="qdrant",version="${peer.version}"} 1`,
    `collections_total ${world.collections.size}`,
  ];
  const series = [
    ["snapshot_creation_running", "gauge", peer.creating],
    ["snapshot_recovery_running", "gauge", peer.recovering],
    ["snapshot_created_total", "counter", peer.created],
  ] as const;
  for (const [name, type, values] of series) {
    lines.push(`# TYPE ${name} ${type}`);
    for (const id of world.collections.keys()) {
      lines.push(`${name}{collection="${id}"} ${values.get(id) ?? 0}`);
    }
  }
  return text(200, `${lines.join("\n")}\n`);
}

function telemetry({ world, peer, access, query }: Call): Answer {
  const names = [...world.collections.keys()].filter((name) => maySee(world, access, name));
  const snapshots = names.map((id) => ({
    id,
    running_snapshots: peer.creating.get(id) ?? 0,
    running_snapshot_recovery: peer.recovering.get(id) ?? 0,
    total_snapshot_creations: peer.created.get(id) ?? 0,
  }));
  const isDetailed = Number(query.get("details_level") ?? "0") >= 1;
  return ok({
    id: String(peer.peerId),
    app: { name: "qdrant", version: peer.version },
    collections: {
      number_of_collections: names.length,
      ...(isDetailed ? { snapshots } : {}),
    },
  });
}
