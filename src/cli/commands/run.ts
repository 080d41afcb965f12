import type { ExitName } from "../../errors/index.ts";
import { carryOut } from "../carry-out.ts";
import { requireConsent } from "../consent.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import { requireAddress } from "../require-address.ts";
import type { RunFlags } from "../routes/run.ts";

/** Does what one address asks for now, whatever its schedule or its past says. */
export async function run(
  scope: CommandScope,
  flags: RunFlags & GlobalFlags,
  address: string,
): Promise<ExitName> {
  requireConsent(scope, flags);
  return await withWorkspace(scope, flags, (opened) => {
    requireAddress(opened.workspace.desired, address);
    const options = { force: [address], noExpire: flags.noExpire };
    return carryOut(scope, flags, opened, false, (hooks) =>
      opened.workspace.apply({ ...hooks, options }),
    );
  });
}
