import { describe, expect, test } from "vitest";
import { ENGINE_NAMES, USABLE_ENGINES } from "../../../src/desired/engine-fields.ts";
import { capabilitiesOf } from "../../../src/workspace/drivers.ts";
import { desired, loadWhole, withBase } from "./load.ts";

describe("an engine that this version cannot use", () => {
  test("is told as a warning at its place, and the configuration stays valid", () => {
    const milvus = withBase("").replace(
      /engine: qdrant, nodes: \[[^\]]*\]/,
      "engine: milvus, address: 'localhost:1'",
    );
    const { diagnostics, desired: wanted } = loadWhole(milvus);
    expect(wanted).not.toBeNull();
    expect(diagnostics).toMatchObject([
      {
        severity: "warning",
        code: "engine-not-available",
        path: "clusters.prod.engine",
        range: { start: { line: 5, column: 19 } },
      },
    ]);
    expect(diagnostics[0]?.detail).toContain("Engines that work: lancedb, qdrant.");
  });

  test("is exactly one that the workspace has no driver for", () => {
    const [cluster] = desired(withBase("")).clusters;
    if (cluster === undefined) throw new Error("the base has a cluster");
    const usable = ENGINE_NAMES.filter((engine) => {
      try {
        return capabilitiesOf({ ...cluster, engine } as typeof cluster) !== null;
      } catch {
        return false;
      }
    });
    expect(usable).toEqual(ENGINE_NAMES.filter((engine) => USABLE_ENGINES.includes(engine)));
  });
});
