import { expect, it } from "vitest";
import { findNative, requireNative } from "../../../src/apply/native.ts";
import type { World } from "../../../src/apply/world.ts";
import type { KnownNative, NativeSnapshot } from "../../../src/engine/driver.ts";
import type { State } from "../../../src/ledger/state.ts";
import type { CopyStatus } from "../../../src/snapshot/snapshot.ts";

const AT = { cluster: "prod", collection: "docs", id: "s1" };
const HANDLE = { key: "k1", details: { job: 1 } };

/** A cluster that has one snapshot in such a state, and remembers what it was told to know. */
function scene(status: CopyStatus, key = "k1") {
  const asked: (readonly KnownNative[])[] = [];
  const native = { key, id: null, collection: "docs", status, details: null };
  const listNative = (_names: readonly string[], known: readonly KnownNative[]) => {
    asked.push(known);
    return Promise.resolve([native as unknown as NativeSnapshot]);
  };
  const world = { engine: () => Promise.resolve({ listNative }) } as unknown as World;
  return { asked, world };
}

function stateOf(native: typeof HANDLE | null): State {
  return { snapshots: { s1: { native } } } as unknown as State;
}

it("finds by the record what the server does not know by our id", async () => {
  const { asked, world } = scene("complete");
  expect((await findNative(world, stateOf(HANDLE), AT))?.key).toBe("k1");
  expect(asked).toEqual([[{ collection: "docs", ...HANDLE }]]);
});

it("takes nothing else for a snapshot of which the cluster has no copy any more", async () => {
  const { world } = scene("complete");
  expect(await findNative(world, stateOf(null), AT)).toBeNull();
  expect(await findNative(scene("complete", "k2").world, stateOf(HANDLE), AT)).toBeNull();
});

it.each<[CopyStatus, string]>([
  ["partial", "failed-precondition"],
  ["damaged", "failed-precondition"],
  ["unreachable", "failed-precondition"],
  ["unknown", "unavailable"],
])("lets nobody read what is %s now", async (status, code) => {
  const reading = requireNative(scene(status).world, stateOf(HANDLE), AT);
  await expect(reading).rejects.toMatchObject({ code });
});
