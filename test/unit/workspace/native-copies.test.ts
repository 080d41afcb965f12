import { readdir, rm, truncate, chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bury } from "../../crash/bury.ts";
import { Seam } from "../../crash/seam.ts";
import { Stage } from "./begin.ts";

const NATIVE = { create: "native", copyOut: true, serverNames: true } as const;

async function objectsOf(stage: Stage): Promise<readonly string[]> {
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = await readdir(join(stage.scene.root, "vault", "objects"), options);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
}

async function recordOf(stage: Stage, id: string) {
  return (await stage.readState())?.snapshots[id];
}

const onProd = (stage: Stage): number =>
  stage.prod.snapshots.filter(({ collection }) => collection === "docs").length;

describe("a copy on the cluster", () => {
  it("leaves it when the next one is complete, and its record says so", async () => {
    const stage = await Stage.begin(NATIVE);
    await stage.nights(1);
    const [first = ""] = (await stage.ids()).filter((id) => id !== "");
    await stage.nights(1);
    expect(onProd(stage)).toBe(1);
    const gone = Object.values((await stage.readState())?.snapshots ?? {}).filter(
      (record) => record.collection === "docs" && record.native === null,
    );
    expect(gone).toHaveLength(1);
    expect(await stage.ids()).toContain(first);
  });

  it.each(["missing", "truncated"])(
    "stays when objects of the copy in the repository are %s",
    async (fault) => {
      const stage = await Stage.begin(NATIVE);
      await stage.nights(1);
      for (const path of await objectsOf(stage)) {
        await chmod(path, 0o644);
        await (fault === "missing" ? rm(path) : truncate(path, 1));
      }
      const { result } = await stage.apply();
      expect(onProd(stage)).toBe(2);
      const kept = result?.outcomes.filter(({ outcome }) => outcome.status === "kept") ?? [];
      expect(kept.map(({ action }) => action.kind)).toContain("expire");
    },
  );

  it("is not claimed again by a pin of what is left in the repository", async () => {
    const stage = await Stage.begin(NATIVE);
    await stage.nights(2);
    const records = Object.values((await stage.readState())?.snapshots ?? {});
    const id = records.find(({ native, collection }) => native === null && collection === "docs")
      ?.id as string;
    await stage.use((workspace) => workspace.pin(id, true, 0));
    expect(await recordOf(stage, id)).toMatchObject({ native: null, pinned: true });
  });

  it("is gone from the ledger although the process died before it could say so", async () => {
    const stage = await Stage.begin(NATIVE);
    await stage.nights(1);
    const { acknowledge } = await stage.plan();
    const seam = new Seam({ cutAt: "prod.delete/done" });
    const workspace = stage.scene.open({ seam });
    const applying = workspace.apply({
      ...(acknowledge === null ? {} : { acknowledge }),
      lockTimeoutMs: 0,
      approve: () => Promise.resolve(true),
      onEvent: () => undefined,
    });
    await Promise.race([applying, seam.died]);
    expect(seam.hasCut).toBe(true);
    await seam.quiet();
    stage.prod.crash();
    stage.side.crash();
    stage.scene.endAll();
    await bury(stage.scene.root);
    await stage.apply();
    const docs = Object.values((await stage.readState())?.snapshots ?? {}).filter(
      ({ collection }) => collection === "docs",
    );
    expect(docs.filter(({ native }) => native === null)).toHaveLength(1);
    expect(docs).toHaveLength(2);
    expect((await stage.ids()).length).toBeGreaterThanOrEqual(3);
  });
});
