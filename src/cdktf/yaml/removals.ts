import { atValue, type Draft } from "../../config/draft.ts";
import type { Finding } from "../../config/finding.ts";

/**
 * `removed` says what becomes of the snapshots of what is declared no more. Terraform has the
 * answer in its own state by then, so only "keep", the provider's default, can be turned into it.
 */
export function checkRemovals(draft: Draft): readonly Finding[] {
  const removed = Object.entries(draft.config.removed ?? {});
  const deleting = removed.filter(([, removal]) => removal?.deleteSnapshots === true);
  const detail =
    "Terraform cannot be told so: what becomes of the snapshots stands in its state, not in the " +
    "configuration that lacks the resource. Leave this out. To delete the snapshots, first apply " +
    'the resource with `on_destroy = "delete"`, then take it out.';
  const words = { code: "not-in-terraform", summary: "Nothing that Terraform has", detail };
  return deleting.map(([address]) =>
    atValue(draft, ["removed", address, "deleteSnapshots"], words),
  );
}
