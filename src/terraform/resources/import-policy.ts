import { SnapformError } from "../../errors/index.ts";
import type { CallContext, Imported } from "../server/definition.ts";
import type { ProviderWorld } from "../world.ts";
import { attributesOf } from "./around.ts";
import { planDefaults, withMembers } from "./values.ts";
import { treeOf } from "../wire/value.ts";

/**
 * Takes up a policy by its name or address. What it is declared to be nobody has recorded, so all
 * that is found is what its snapshots tell: the cluster. The rest is the configuration's to say.
 */
export async function importPolicy(
  { configured: world, signal }: CallContext<ProviderWorld>,
  id: string,
): Promise<Imported> {
  const name = id.startsWith("policy.") ? id.slice("policy.".length) : id;
  const address = `policy.${name}`;
  const { inventory, state } = await world.look(world.desired, signal);
  const clusters = inventory.snapshots.flatMap((snapshot) => {
    const owner = snapshot.owner?.project === world.desired.project ? snapshot.owner : null;
    const its = state.snapshots[snapshot.id]?.address ?? owner?.address;
    return its === address ? [snapshot.cluster] : [];
  });
  const [cluster, other] = [...new Set(clusters)].sort();
  if (cluster === undefined || other !== undefined) {
    const message =
      cluster === undefined
        ? `no snapshot of ${address} exists in project ${world.desired.project}`
        : `${address} has snapshots of several clusters: ${[...new Set(clusters)].join(", ")}`;
    throw new SnapformError("not-found", message, {
      hint: "Import by the name of the policy. One without snapshots is simply created.",
    });
  }
  const stub = withMembers(treeOf([]), { name, id: address, cluster });
  const defaults = planDefaults(attributesOf({ type: "snapform_backup_policy" }), stub, stub);
  return { state: defaults };
}
