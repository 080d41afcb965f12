import { hash } from "node:crypto";
import { expect, it } from "vitest";
import { parseState } from "../../../src/state/parse.ts";
import { snapshotOfManifest, NO_NOTES, type Manifest } from "../../../src/snapshot/manifest.ts";
import { fullState } from "../ledger/samples.ts";

it("refuses a state that names natives by their key alone, and says where it does", () => {
  const state = fullState();
  const [[id, record] = []] = Object.entries(state.snapshots);
  const { native: _native, ...older } = record ?? {};
  const content = { ...state, snapshots: { [id as string]: { ...older, nativeKey: "k1" } } };
  const digest = `sha256:${hash("sha256", JSON.stringify(content))}`;
  const read = (): unknown => parseState(JSON.stringify({ ...content, digest }), "state.json");
  expect(read).toThrow(
    /state\.json is damaged: .*nativeKey: expected nothing: this key is unknown/,
  );
});

it("reads a manifest that says nothing of natives and layouts as one that has none", () => {
  const manifest = { id: "s1", parts: [], bytes: 0, owner: {} } as unknown as Manifest;
  expect(snapshotOfManifest(manifest, NO_NOTES, "vault")).toMatchObject({
    native: null,
    layout: null,
  });
});
