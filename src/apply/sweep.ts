import { repositoryOf } from "../snapshot/snapshot.ts";
import type { PlanToApply } from "./apply.ts";
import { failureOf, isFatal } from "./failure.ts";
import type { Run } from "./run.ts";
import { quietContext } from "./world.ts";

/** The repositories that a plan touches. */
function repositoriesOf(plan: PlanToApply): readonly string[] {
  const places = plan.actions.flatMap((action) => {
    switch (action.kind) {
      case "create":
        return [action.place];
      case "copy":
        return [action.to];
      case "expire":
        return action.places;
      case "restore":
        return [];
    }
  });
  const names = places.map(repositoryOf).filter((name) => name !== null);
  return [...new Set(names)].sort();
}

/**
 * Empties what the undo windows have released. A sweep that fails is a warning: it harms nothing,
 * and the next one does its work.
 */
export async function sweepRepositories(run: Run, plan: PlanToApply): Promise<void> {
  const { world } = run;
  for (const name of repositoriesOf(plan)) {
    try {
      await run.ledger.check();
      const repository = await world.repository(name);
      const now = world.clock.now();
      const result = await repository.sweep(now, { dryRun: false }, world.signal);
      world.emit({ type: "swept", repository: name, result });
    } catch (error) {
      if (isFatal(error)) throw error;
      if (world.signal.aborted) return;
      const { code, message } = failureOf(error);
      // Where the first thing that should come into it has failed there is nothing to sweep.
      if (code === "not-found") continue;
      world.emit({ type: "warning", text: `repository ${name} was not swept: ${message}` });
    }
  }
  for (const cluster of world.desired.clusters) {
    if (!run.survey.cluster(cluster.name)?.reachable) continue;
    try {
      await run.ledger.check();
      const engine = await world.engine(cluster.name);
      await engine.sweep(quietContext(world));
    } catch (error) {
      if (isFatal(error)) throw error;
      if (world.signal.aborted) return;
      const { message } = failureOf(error);
      world.emit({ type: "warning", text: `cluster ${cluster.name} was not swept: ${message}` });
    }
  }
}
