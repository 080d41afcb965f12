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

/**
 * The same, for whoever is going to read it: what was whole when the plan was made and is not now
 * must become neither a copy nor a restore.
 *
 * @throws SnapformError `not-found`, `failed-precondition` when it is not whole, `unavailable` when
 * that cannot be seen
 */
export async function requireNative(
  world: World,
  state: State,
  at: { readonly cluster: string; readonly collection: string; readonly id: string },
): Promise<NativeSnapshot> {
  const native = await findNative(world, state, at);
  const what = `snapshot ${at.id} of ${at.cluster}/${at.collection}`;
  if (native === null) throw new SnapformError("not-found", `${what} is not on its cluster`);
  const { status } = native;
  if (status === "complete") return native;
  if (status === "unknown") {
    const text = `it cannot be seen whether ${what} is whole on its cluster`;
    throw new SnapformError("unavailable", text, { retryable: true });
  }
  throw new SnapformError("failed-precondition", `${what} is ${status} on its cluster`);
}
