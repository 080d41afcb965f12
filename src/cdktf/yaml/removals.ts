import { formatPath } from "../../config/finding.ts";
import type { SnapformConfig } from "../../desired/canonical.ts";
import { SnapformError } from "../../errors/index.ts";

/**
 * `removed` says what becomes of the snapshots of what is declared no more. Terraform has the
 * answer in its own state by then, so only "keep", the provider's default, can be turned into it.
 *
 * @throws SnapformError `unimplemented`
 */
export function refuseRemovals(removed: NonNullable<SnapformConfig["removed"]>): void {
  const deleting = Object.keys(removed).filter((address) => removed[address]?.deleteSnapshots);
  if (deleting.length === 0) return;
  const places = deleting.map((address) => formatPath(["removed", address, "deleteSnapshots"]));
  throw new SnapformError("unimplemented", `${places.join(", ")}: Terraform cannot be told so`, {
    hint: 'Set `on_destroy = "delete"` on the resource, apply that, then take the resource out.',
  });
}
