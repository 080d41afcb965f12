import type { KnownNative, NativeSnapshot } from "../../engine/driver.ts";
import { coversAll, type SnapshotLayout } from "../../snapshot/layout.ts";
import type { CopyStatus, SnapshotPart } from "../../snapshot/snapshot.ts";
import type { SnapshotDescription } from "./api/snapshot-description.ts";
import { nodeOfPeer, type ClusterLook } from "./cluster.ts";
import { layoutOfDetails, readDetails, type QdrantDetails } from "./details.ts";
import { fateOf, type CollectionFiles, type FileFate, type SoughtFile } from "./listing.ts";
import { instantOfName, parseKey, parseSnapshotFile, snapshotFileName } from "./snapshot-key.ts";

/** One file of a snapshot, by what was recorded of it; null for what nobody recorded. */
export interface RecordedFile extends SoughtFile {
  readonly size: number | null;
  readonly sha256: string | null;
}

/** A snapshot that somebody knows of, as it is now; null when nothing of it is there. */
export function assembleKnown(
  known: KnownNative,
  files: CollectionFiles,
  look: ClusterLook,
): NativeSnapshot | null {
  const details = readDetails(known.details);
  const recorded = recordedFiles(known, details);
  const fates = recorded.map((each) => fateOf(files, look, each));
  if (!files.isGone && fates.length > 0 && fates.every(({ kind }) => kind === "gone")) return null;
  const names = partNames(recorded, look);
  const parts = recorded.map((each, index) => {
    const status = files.isGone ? "unreachable" : statusOfFile(each, fates[index]);
    return partOf(names[index] ?? each.node, each, fates[index], status);
  });
  const layout = details === null ? null : renamed(layoutOfDetails(details), names);
  const times = recorded.flatMap(({ file }) => {
    const name = parseSnapshotFile(known.collection, file);
    return name === null ? [] : [instantOfName(name.time)];
  });
  const [earliest = new Date(0).toISOString()] = times.toSorted();
  return Object.freeze({
    key: known.key,
    details: known.details,
    id: null,
    collection: known.collection,
    startedAt: details?.startedAt ?? earliest,
    finishedAt: details?.finishedAt ?? times.toSorted().at(-1) ?? null,
    description: details?.description ?? null,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    status: files.isGone ? "unreachable" : statusOfSet(parts, layout),
    parts,
    points: details?.points ?? null,
    layout,
    pinned: false,
  });
}

/** The files that a snapshot consists of: as recorded, else as its key names them. */
export function recordedFiles(
  { key, collection }: Pick<KnownNative, "key" | "collection">,
  details: QdrantDetails | null,
): readonly RecordedFile[] {
  if (details !== null) return details.parts;
  const parsed = parseKey(key);
  const nothing = { size: null, sha256: null };
  if (parsed?.kind === "file") {
    return [{ file: parsed.file, peerId: null, node: parsed.node, ...nothing }];
  }
  return (parsed?.parts ?? []).map((part) => ({
    file: snapshotFileName(collection, part),
    peerId: part.peerId,
    node: `peer-${part.peerId}`,
    ...nothing,
  }));
}

/** Whether a file is what was recorded of it. */
export function statusOfFile(recorded: RecordedFile, fate: FileFate | undefined): CopyStatus {
  if (fate === undefined || fate.kind === "unknown") return "unknown";
  if (fate.kind === "gone") return "partial";
  return fate.file.size > 0 && !isAnotherFile(recorded, fate.file) ? "complete" : "damaged";
}

/** True for a file of the same name that is certainly not the one that was recorded. */
export function isAnotherFile(
  recorded: Pick<RecordedFile, "size" | "sha256">,
  { size, checksum }: SnapshotDescription,
): boolean {
  if (recorded.size !== null && recorded.size !== size) return true;
  return recorded.sha256 !== null && checksum !== null && recorded.sha256 !== checksum;
}

/** A set is as good as its worst part, and no better than what its parts cover. */
export function statusOfSet(
  parts: readonly SnapshotPart[],
  layout: SnapshotLayout | null,
): CopyStatus {
  const has = (status: CopyStatus): boolean => parts.some((part) => part.status === status);
  if (has("damaged")) return "damaged";
  if (has("partial")) return "partial";
  if (layout !== null && !coversAll(layout, layout.parts)) return "partial";
  return parts.length === 0 || has("unknown") ? "unknown" : "complete";
}

/** The name of each part: its maker's as the configuration has it now, else as it was then. */
export function partNames(
  files: readonly SoughtFile[],
  look: Pick<ClusterLook, "live">,
): readonly string[] {
  const names = files.map(({ peerId, node }) =>
    peerId === null ? node : (nodeOfPeer(look, peerId)?.name ?? node),
  );
  // A URL may lead to another member by now, so that two parts would have one name.
  return names.map((name, index) =>
    names.indexOf(name) === index ? name : `peer-${files[index]?.peerId}`,
  );
}

function partOf(
  name: string,
  recorded: RecordedFile,
  fate: FileFate | undefined,
  status: CopyStatus,
): SnapshotPart {
  const found = fate?.kind === "found" ? fate.file.size : null;
  const bytes = status === "partial" ? 0 : (found ?? recorded.size ?? 0);
  return { name, nativeName: recorded.file, bytes, status };
}

function renamed(layout: SnapshotLayout | null, names: readonly string[]): SnapshotLayout | null {
  if (layout === null) return null;
  const parts = layout.parts.map((part, index) => ({ ...part, name: names[index] ?? part.name }));
  return { ...layout, parts };
}
