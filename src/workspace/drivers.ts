import type { Clock } from "../clock/clock.ts";
import type { DesiredCluster } from "../desired/desired.ts";
import type { EngineDriver } from "../engine/driver.ts";
import { assert, SnapformError } from "../errors/index.ts";
import type { Capabilities } from "../snapshot/capabilities.ts";
import { LANCEDB_CAPABILITIES } from "../engines/lancedb/capabilities.ts";
import { QDRANT_CAPABILITIES } from "../engines/qdrant/capabilities.ts";

/** Where an engine comes from: what it can do is known before anything of it is loaded. */
interface EngineSource {
  readonly capabilities: Capabilities;
  open(cluster: DesiredCluster, clock: Clock): Promise<EngineDriver>;
}

/** The engines of this version. To add one, see docs/adding-an-engine.md. */
const ENGINES: Readonly<Record<string, EngineSource>> = Object.freeze({
  lancedb: {
    capabilities: LANCEDB_CAPABILITIES,
    async open(cluster: DesiredCluster, clock: Clock): Promise<EngineDriver> {
      const { openLancedbDriver } = await import("../engines/lancedb/driver.ts");
      const { createHasher } = await import("../repository/filesystem/hasher.ts");
      assert(cluster.uri !== null, "a lancedb cluster has a uri");
      const { name, uri } = cluster;
      return openLancedbDriver({ cluster: name, uri, clock, startHash: createHasher });
    },
  },
  qdrant: {
    capabilities: QDRANT_CAPABILITIES,
    async open(cluster: DesiredCluster, clock: Clock): Promise<EngineDriver> {
      const [{ openQdrantDriver }, { readCaFile }] = await Promise.all([
        import("../engines/qdrant/driver.ts"),
        import("../engines/qdrant/ca-file.ts"),
      ]);
      const { name, timeoutMs, concurrency, caFile } = cluster;
      const ca = await readCaFile(name, caFile);
      return openQdrantDriver({
        cluster: name,
        nodes: cluster.nodes.map(({ url, apiKey }) => ({ url, apiKey: apiKey?.reveal() ?? null })),
        apiKey: cluster.apiKey?.reveal() ?? null,
        token: cluster.token?.reveal() ?? null,
        ca,
        timeoutMs,
        concurrency,
        clock,
      });
    },
  },
});

function sourceOf(cluster: DesiredCluster): EngineSource {
  const source = ENGINES[cluster.engine];
  if (source) return source;
  const known = Object.keys(ENGINES).join(", ");
  throw new SnapformError(
    "unimplemented",
    `cluster ${cluster.name}: engine ${cluster.engine} is not available in this version`,
    { hint: `Available engines: ${known}.` },
  );
}

export function capabilitiesOf(cluster: DesiredCluster): Capabilities {
  return sourceOf(cluster).capabilities;
}

export function openDriver(cluster: DesiredCluster, clock: Clock): Promise<EngineDriver> {
  return sourceOf(cluster).open(cluster, clock);
}
