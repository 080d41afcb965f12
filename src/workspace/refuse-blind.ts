import { SnapformError } from "../errors/index.ts";
import type { Inventory } from "../snapshot/inventory.ts";

/** Nothing can be said to be gone while something cannot be looked at. */
export function refuseBlind({ clusters, repositories }: Inventory): void {
  const problem = [
    ...repositories.filter(({ status }) => status !== "ok" && status !== "new"),
    ...clusters.filter((entry) => !entry.reachable && entry.capabilities.create === "native"),
  ].find((entry) => entry.problem !== null)?.problem;
  if (!problem) return;
  throw new SnapformError("unavailable", `not everything can be looked at: ${problem.message}`);
}
