import { isSnapformError } from "../../errors/index.ts";
import { listAliases, type Alias } from "./api/aliases.ts";
import type { ClusterLook } from "./cluster.ts";
import { isAway } from "./node-look.ts";
import { lookOptions, type QdrantSetting } from "./setting.ts";

/**
 * Asks the nodes in turn until one answers; what it is must be the same on all. What waiting does
 * not mend, and what may have happened already, is thrown at once.
 */
export async function askAny<N, T>(nodes: readonly N[], ask: (node: N) => Promise<T>): Promise<T> {
  let failure: unknown = null;
  for (const each of nodes) {
    try {
      return await ask(each);
    } catch (error) {
      if (!isAway(error) || error.outcomeUnknown) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** All aliases of the cluster; none where the key may not ask for them. */
export async function aliasesOf(
  setting: QdrantSetting,
  look: Pick<ClusterLook, "live">,
  signal: AbortSignal,
): Promise<readonly Alias[]> {
  try {
    return await askAny(look.live, ({ node }) =>
      node.turns.run(signal, () => listAliases(node.client, lookOptions(setting, signal))),
    );
  } catch (error) {
    if (isSnapformError(error) && error.code === "permission-denied") return [];
    throw error;
  }
}
