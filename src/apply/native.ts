import type { NativeSnapshot } from "../engine/driver.ts";
import { SnapformError } from "../errors/index.ts";
import type { State } from "../ledger/state.ts";
import { quietContext, type World } from "./world.ts";

/** Finds what a cluster keeps under one of our ids: by the id it carries, else by our record. */
export async function findNative(
  world: World,
  state: State,
  at: { readonly cluster: string; readonly collection: string; readonly id: string },
): Promise<NativeSnapshot | null> {
  const engine = await world.engine(at.cluster);
  const handle = state.snapshots[at.id]?.native ?? null;
  const known = handle === null ? [] : [{ collection: at.collection, ...handle }];
  const listed = await engine.listNative([at.collection], known, quietContext(world));
  return listed.find(({ id, key }) => id === at.id || key === handle?.key) ?? null;
}

export async function requireNative(
  world: World,
  state: State,
  at: { readonly cluster: string; readonly collection: string; readonly id: string },
): Promise<NativeSnapshot> {
  const native = await findNative(world, state, at);
  if (native) return native;
  const where = `${at.cluster}/${at.collection}`;
  throw new SnapformError("not-found", `snapshot ${at.id} of ${where} is not on its cluster`);
}
