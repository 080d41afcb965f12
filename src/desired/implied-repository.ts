import { ENGINE_CREATES } from "../snapshot/capabilities.ts";

/** The repository that is used where a snapshot needs one and none is named. */
export const IMPLIED_REPOSITORY = "default";

/** Where it lies unless it is declared, from the folder of the first configuration file. */
export const IMPLIED_REPOSITORY_PATH = ".snapform/vault";

/** The repository of a policy or snapshot on this engine; null where none is needed. */
export function repositoryFor(
  engine: string | undefined,
  named: string | undefined,
): string | null {
  if (named !== undefined) return named;
  const isBornThere = engine !== undefined && ENGINE_CREATES[engine] === "capture";
  return isBornThere ? IMPLIED_REPOSITORY : null;
}
