import type { DesiredCluster } from "../desired/desired.ts";
import { assert, SnapformError } from "../errors/index.ts";
import type { EngineHarness } from "../testing/engine/case.ts";
import { engineContext, type Session } from "./session.ts";
import type { EngineCheckCase } from "./workspace.ts";

/** The hands that the contract needs on a cluster: to make, write and drop its own collections. */
async function harnessOf(session: Session, cluster: DesiredCluster): Promise<EngineHarness> {
  if (cluster.engine === "lancedb") {
    const { lancedbHarness } = await import("../testing/lancedb-harness.ts");
    assert(cluster.uri !== null, "a lancedb cluster has a uri");
    return lancedbHarness(cluster.uri, session.clock);
  }
  if (cluster.engine === "qdrant") {
    const { qdrantHarness } = await import("../testing/qdrant-harness.ts");
    const { readCaFile } = await import("../engines/qdrant/ca-file.ts");
    return qdrantHarness({
      urls: cluster.nodes.map(({ url }) => url),
      apiKey: cluster.apiKey?.reveal() ?? null,
      nodeKeys: cluster.nodes.map(({ apiKey }) => apiKey?.reveal() ?? null),
      token: cluster.token?.reveal() ?? null,
      ca: await readCaFile(cluster.name, cluster.caFile),
      clock: session.clock,
    });
  }
  throw new SnapformError("unimplemented", `engine ${cluster.engine} has no contract check`);
}

/**
 * Runs the engine contract against a cluster of the user's, in collections of its own, whose names
 * begin with `snapform-test-` and which it removes.
 */
export async function checkEngine(
  session: Session,
  name: string,
  onCase: (result: EngineCheckCase) => void,
): Promise<void> {
  const cluster = session.desired.clusters.find((entry) => entry.name === name);
  if (!cluster) throw new SnapformError("not-found", `cluster ${name} is not declared`);
  const engine = await session.resources.engine(name);
  const { identity, version } = await engine.observe(engineContext(session));
  if (identity === null && version === null) {
    throw new SnapformError("not-found", `cluster ${name} does not exist yet`, {
      hint: "The check runs on a cluster that is there; it makes none.",
    });
  }
  const { runEngineContract } = await import("../testing/engine-contract.ts");
  const results = await runEngineContract(
    await harnessOf(session, cluster),
    onCase,
    session.signal,
  );
  const failed = results.filter((result) => result.status === "failed");
  if (failed.length > 0) {
    throw new SnapformError("failed-precondition", `${failed.length} cases of the contract failed`);
  }
}
