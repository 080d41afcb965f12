import type { ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import type { GlobalFlags } from "../flags.ts";
import { withWorkspace } from "../open.ts";
import { openProgress } from "../reports/progress.ts";
import type { RepositoryCheckFlags, RepositoryPruneFlags } from "../routes/repository.ts";
import { documentJson } from "../views/document-json.ts";
import {
  pruneHuman,
  repositoriesHuman,
  repositoryCheckHuman,
  repositoryListHuman,
} from "../views/repository-human.ts";

/** Lists the repositories, or what one of them holds. */
export async function listRepository(
  scope: CommandScope,
  flags: GlobalFlags,
  name?: string,
): Promise<ExitName> {
  return await withWorkspace(scope, flags, async ({ workspace, screen }) => {
    if (name === undefined) {
      const { repositories } = workspace.desired;
      scope.stdout.write(
        flags.json
          ? documentJson("repositories", { repositories })
          : repositoriesHuman(repositories, screen),
      );
      return "done";
    }
    const listing = await workspace.repositoryList(name);
    scope.stdout.write(
      flags.json
        ? documentJson("repository", { name, ...listing })
        : repositoryListHuman(listing, screen, scope.clock.now()),
    );
    return listing.damage.length > 0 ? "corrupt" : "done";
  });
}

/** Looks for damage in a repository. */
export async function checkRepository(
  scope: CommandScope,
  flags: RepositoryCheckFlags & GlobalFlags,
  name: string,
): Promise<ExitName> {
  const { readData } = flags;
  return await withWorkspace(scope, flags, async ({ workspace, screen }) => {
    const progress = openProgress(scope, flags, readData ? "Reading" : "Looking at files");
    const check = await progress.during((onProgress) =>
      workspace.repositoryCheck(name, { readData, onProgress }),
    );
    scope.stdout.write(
      flags.json
        ? documentJson("repository-check", { name, readData, ...check })
        : repositoryCheckHuman(check, screen, readData),
    );
    return check.damage.length > 0 ? "corrupt" : "done";
  });
}

/** Removes what nothing needs any more. */
export async function pruneRepository(
  scope: CommandScope,
  flags: RepositoryPruneFlags & GlobalFlags,
  name: string,
): Promise<ExitName> {
  const { dryRun, lockTimeout: lockTimeoutMs } = flags;
  return await withWorkspace(scope, flags, async ({ workspace }) => {
    const swept = await workspace.repositoryPrune(name, { dryRun, lockTimeoutMs });
    scope.stdout.write(
      flags.json
        ? documentJson("repository-prune", { name, isDryRun: dryRun, ...swept })
        : pruneHuman(swept, dryRun),
    );
    return "done";
  });
}
