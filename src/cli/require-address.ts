import { parseAddress, resourceOf } from "../address/address.ts";
import type { Desired } from "../desired/desired.ts";
import { SnapformError } from "../errors/index.ts";
import { usageError } from "./failure.ts";

/**
 * Makes sure that an address is one, and that the configuration declares it.
 *
 * @throws SnapformError `usage` or `not-found`
 */
export function requireAddress(desired: Desired, address: string): void {
  if (parseAddress(address) === null) {
    const hint =
      "Addresses look like policy.nightly, snapshot.before-v2, restore.staging, or " +
      "'policy.nightly[\"prod/docs\"]' for one collection.";
    throw usageError(`${JSON.stringify(address)} is not an address`, hint);
  }
  const declared = [
    ...desired.policies.map(({ name }) => `policy.${name}`),
    ...desired.snapshots.map(({ name }) => `snapshot.${name}`),
    ...desired.restores.map(({ name }) => `restore.${name}`),
  ];
  if (declared.includes(resourceOf(address))) return;
  const list = declared.length === 0 ? "nothing" : declared.join(", ");
  throw new SnapformError("not-found", `the configuration does not declare ${address}`, {
    hint: `It declares ${list}.`,
  });
}
