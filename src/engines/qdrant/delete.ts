import type { NativeSnapshot } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { deleteSnapshot } from "./api/snapshots.ts";
import { lookAtCluster } from "./cluster.ts";
import { readDetails } from "./details.ts";
import { isAnotherFile, recordedFiles, type RecordedFile } from "./known-native.ts";
import { fateOf, listFiles, unreachableFiles } from "./listing.ts";
import { aliasesOf } from "./ask-any.ts";
import { lookOptions, type QdrantNode, type QdrantSetting } from "./setting.ts";

/**
 * Deletes the files that a snapshot's key and details name, and no other. Nothing is touched unless
 * it is known of each file where it is, and that it is the one that was recorded; a set that is
 * half deleted is listed as partial, and the next call goes on. Files that are gone already are a
 * success.
 *
 * @throws SnapformError `unavailable` when a node that may hold a part does not tell,
 * `failed-precondition` when the collection is gone, so that nothing can reach its files, or when
 * another file has the name of a part
 */
export async function deleteNative(
  setting: QdrantSetting,
  native: Pick<NativeSnapshot, "key" | "collection" | "details">,
  signal: AbortSignal,
): Promise<void> {
  const { collection, key } = native;
  const look = await lookAtCluster(setting, signal);
  const aliases = await aliasesOf(setting, look, signal);
  const isAlias = aliases.some(({ alias }) => alias === collection);
  const files = isAlias
    ? unreachableFiles(collection)
    : await listFiles(setting, look, collection, signal);
  if (files.isGone) throw beyondReach(setting, collection, key);
  const recorded = recordedFiles(native, readDetails(native.details));
  const fates = recorded.map((file) => ({ file, fate: fateOf(files, look, file) }));
  const unsure = fates.find(({ fate }) => fate.kind === "unknown");
  if (unsure !== undefined)
    throw unknownPart(
      setting,
      unsure.file,
      look.nodes.map((each) => each.error),
    );
  const other = fates.find(({ file, fate }) => {
    return fate.kind === "found" && isAnotherFile(file, fate.file);
  });
  if (other !== undefined) throw anotherFile(setting, key, other.file);
  for (const { file, fate } of fates) {
    if (fate.kind !== "found") continue;
    const [holder] = fate.at;
    if (holder === undefined) continue;
    await deleteFile(setting, holder.node, { collection, file: file.file, key }, signal);
  }
}

async function deleteFile(
  setting: QdrantSetting,
  node: QdrantNode,
  {
    collection,
    file,
    key,
  }: { readonly collection: string; readonly file: string; readonly key: string },
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const outcome = await deleteSnapshot(node.client, collection, file, lookOptions(setting, signal));
  if (outcome === "unreachable") throw beyondReach(setting, collection, key);
}

function beyondReach({ cluster }: QdrantSetting, collection: string, key: string): SnapformError {
  const text =
    `cluster ${cluster}: collection ${JSON.stringify(collection)} is gone, so snapshot ${key} ` +
    "cannot be reached, though its files stay on the nodes";
  return new SnapformError("failed-precondition", text, {
    hint: "Delete the files on the nodes' disks by hand, or make a collection of that name.",
  });
}

/** Names tell seconds apart and no more, so another client may have made this file since. */
function anotherFile(
  { cluster }: QdrantSetting,
  key: string,
  { file, node }: RecordedFile,
): SnapformError {
  const text =
    `cluster ${cluster}: nothing of snapshot ${key} is deleted, because ${file} on ${node} is ` +
    "not the file that was recorded: its size or its checksum is another one";
  return new SnapformError("failed-precondition", text, {
    hint: "Delete the file on the node by hand if nobody needs it.",
  });
}

function unknownPart(
  { cluster }: QdrantSetting,
  { file, node }: RecordedFile,
  errors: readonly (SnapformError | null)[],
): SnapformError {
  const cause = errors.find((error) => error !== null) ?? undefined;
  const text =
    `cluster ${cluster}: nothing is deleted, because the node that may hold ${file} (${node}) ` +
    "does not tell";
  return new SnapformError("unavailable", text, { retryable: true, cause });
}
