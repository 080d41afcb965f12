import { errorDiagnostic, type Diagnostic } from "../server/diagnostic.ts";
import type { Tree } from "../wire/value.ts";
import { plainOf } from "./values.ts";

/** By configuration of the provider, of which each walk has its own: what each address asks for. */
const asked = new WeakMap<Tree, Map<string, string>>();

/**
 * What speaks against another resource of the same name in one configuration: both would work on
 * the same snapshots, and the stricter of them would expire what the other one is to keep. Within
 * a walk a resource always asks for the same, so that who asks for something else is another one.
 */
export function refuseNamesake(
  provider: Tree,
  address: string | null,
  config: Tree,
): readonly Diagnostic[] {
  if (address === null) return [];
  const addresses = asked.get(provider) ?? new Map<string, string>();
  asked.set(provider, addresses);
  const text = JSON.stringify(plainOf(config), (_, each: unknown) =>
    typeof each === "symbol" ? "unknown" : each,
  );
  const known = addresses.get(address) ?? text;
  addresses.set(address, known);
  if (known === text) return [];
  const detail =
    `Another resource of this configuration is ${address} too, and asks for something else. Both ` +
    "would work on the same snapshots. Give one of them another name.";
  return [errorDiagnostic("Two resources of one name", detail, ["name"])];
}
