import type { EngineContext } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { aliasTarget, lookAtNames, pointAlias } from "./run-marks.ts";
import type { QdrantSetting } from "./setting.ts";

/**
 * Points an alias at a collection in one step, and gives what it pointed at before.
 *
 * @throws SnapformError `not-found` without the collection, `already-exists` for an alias that is
 * the name of a collection; `outcomeUnknown` when the answer was lost, more than once
 */
export async function moveAlias(
  setting: QdrantSetting,
  alias: string,
  collection: string,
  { signal }: EngineContext,
): Promise<string | null> {
  const names = await lookAtNames(setting, signal);
  const where = `cluster ${setting.cluster}`;
  if (!names.collections.has(collection)) {
    const text = `${where}: there is no collection ${JSON.stringify(collection)}`;
    throw new SnapformError("not-found", text);
  }
  if (names.collections.has(alias)) {
    const text = `${where}: ${JSON.stringify(alias)} is the name of a collection`;
    throw new SnapformError("already-exists", text, { hint: "Choose another name for the alias." });
  }
  const former = aliasTarget(names, alias);
  if (former === collection) return former;
  await pointAlias(setting, alias, collection, signal);
  return former;
}
