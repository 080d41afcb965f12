import { textOf } from "../schema/alike.ts";
import type { TerraformObject } from "../schema/schema.ts";
import { errorDiagnostic, type Diagnostic } from "../server/diagnostic.ts";
import type { Walk } from "./walk.ts";

/**
 * What speaks against another resource of the same name in one configuration: both would work on
 * the same snapshots, and the stricter of them would expire what the other one is to keep. Within
 * a walk a resource always asks for the same, so that who asks for something else is another one.
 */
export function refuseNamesake(
  { asked }: Walk,
  address: string | null,
  config: TerraformObject,
): readonly Diagnostic[] {
  if (address === null) return [];
  const text = textOf(config);
  const known = asked.get(address) ?? text;
  asked.set(address, known);
  if (known === text) return [];
  const detail =
    `Another resource of this configuration is ${address} too, and asks for something else. Both ` +
    "would work on the same snapshots. Give one of them another name.";
  return [errorDiagnostic("Two resources of one name", detail, ["name"])];
}
