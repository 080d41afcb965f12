import type { RestoreRequest } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Json } from "../../snapshot/json.ts";
import { coversAll, type SnapshotLayout } from "../../snapshot/layout.ts";
import type { ManifestFile } from "../../snapshot/manifest.ts";
import type { PointRange } from "../../snapshot/snapshot.ts";
import { downloadSnapshot } from "./api/snapshots.ts";
import { layoutOfDetails, readDetails, type DetailsPart, type QdrantDetails } from "./details.ts";
import type { QdrantNode, QdrantSetting } from "./setting.ts";

/** One file on its way to one node. */
export interface Piece {
  /** Counted from 1, in the order of the route. */
  readonly number: number;
  /** The part of the snapshot that it is. */
  readonly part: string;
  readonly node: QdrantNode;
  readonly size: number;
  /** What the server is told to check; null where nobody knows it. */
  readonly sha256: string | null;
  /** Where the bytes come from, for messages. */
  readonly origin: string;
  open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

/** How a collection must look that holds the snapshot; null for what nobody recorded. */
export interface ExpectedCollection {
  readonly points: PointRange | null;
  readonly payloadSchema: Json;
  readonly layout: Omit<SnapshotLayout, "versions" | "parts"> | null;
}

/** A snapshot opened for a restore. */
export interface RestoreSource {
  readonly pieces: readonly Piece[];
  readonly layout: SnapshotLayout | null;
  readonly expected: ExpectedCollection;
  /** The collection's configuration in the server's own words; null where nobody recorded it. */
  readonly config: Json;
  readonly aliases: readonly string[];
  readonly bytes: number;
}

interface File {
  readonly part: string;
  readonly size: number;
  readonly sha256: string | null;
  readonly origin: string;
  open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * Opens the files that the route names, each for the node that takes it.
 *
 * @throws SnapformError `failed-precondition` when the route does not fit the snapshot or the
 * cluster, `corrupt` when the snapshot is not one of this engine's
 */
export function openSource(setting: QdrantSetting, request: RestoreRequest): RestoreSource {
  const { source, route } = request;
  const isNative = source.kind === "native";
  const json = isNative ? source.snapshot.details : source.reader.manifest.details;
  const details = readDetails(json);
  const recorded = isNative ? source.snapshot : source.reader.manifest;
  const layout = recorded.layout ?? (details === null ? null : layoutOfDetails(details));
  const files = isNative ? nativeFiles(setting, source, details) : storedFiles(source.reader);
  const pieces = route.map((step, index): Piece => {
    const file = files.find(({ part }) => part === step.part);
    if (!file) throw misfit(`the snapshot has no part ${step.part}`);
    return { ...file, number: index + 1, node: nodeOf(setting, step.node) };
  });
  requireWhole(request, layout, pieces);
  return {
    pieces,
    layout,
    expected: {
      points: recorded.points ?? details?.points ?? null,
      payloadSchema: details?.payloadSchema ?? null,
      layout,
    },
    config: details?.config ?? null,
    aliases: details?.aliases ?? [],
    bytes: pieces.reduce((sum, { size }) => sum + size, 0),
  };
}

/** The node of that name. */
export function nodeOf(setting: QdrantSetting, name: string): QdrantNode {
  const node = setting.nodes.find((each) => each.name === name);
  if (node) return node;
  const hint = "Give the URL of each node, or plan again with the nodes that there are.";
  throw new SnapformError("failed-precondition", `${setting.cluster}: it has no node ${name}`, {
    hint,
  });
}

function nativeFiles(
  setting: QdrantSetting,
  source: Extract<RestoreRequest["source"], { readonly kind: "native" }>,
  details: QdrantDetails | null,
): File[] {
  const { snapshot, collection } = source;
  return snapshot.parts.map(({ name: part, nativeName, bytes }): File => {
    const recorded = recordedPart(details, part, nativeName);
    const file = nativeName ?? recorded?.file;
    if (file === undefined) throw misfit(`nobody recorded how the file of part ${part} is called`);
    const size = recorded?.size ?? bytes;
    const sha256 = recorded?.sha256 ?? null;
    return {
      part,
      size,
      sha256,
      origin: `${file} on ${part}`,
      async open(signal) {
        const { client } = nodeOf(setting, part);
        const expected = { size, ...(sha256 === null ? {} : { sha256 }) };
        return downloadSnapshot(client, collection, file, { expected, signal, timeoutMs: null });
      },
    };
  });
}

function storedFiles(
  reader: Extract<RestoreRequest["source"], { readonly kind: "repository" }>["reader"],
): File[] {
  const { manifest } = reader;
  const details = readDetails(manifest.details);
  return manifest.parts.map(({ name: part, files }): File => {
    const [file, more] = files;
    if (file === undefined || more !== undefined) {
      const text = `part ${part} of snapshot ${manifest.id} has ${files.length} files, not one`;
      throw new SnapformError("corrupt", text);
    }
    const recorded = recordedPart(details, part, file.path);
    const sha256 = manifest.hash === "sha256" ? file.hash : (recorded?.sha256 ?? null);
    const origin = `${file.path} of snapshot ${manifest.id}`;
    const open = (signal: AbortSignal) => openStored(reader, file, signal);
    return { part, size: file.size, sha256, origin, open };
  });
}

/** By the file: nodes change their names with their URLs, and may even swap them. */
function recordedPart(
  details: QdrantDetails | null,
  part: string,
  file: string | undefined,
): DetailsPart | null {
  const parts = details?.parts ?? [];
  if (file !== undefined) return parts.find((each) => each.file === file) ?? null;
  return parts.find(({ node }) => node === part) ?? null;
}

function openStored(
  reader: Extract<RestoreRequest["source"], { readonly kind: "repository" }>["reader"],
  file: ManifestFile,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  return reader.open(file, signal);
}

/** Parts that leave a shard out would make a collection that lacks points. */
function requireWhole(
  { route, target }: RestoreRequest,
  layout: SnapshotLayout | null,
  pieces: readonly Piece[],
): void {
  if (pieces.length === 0) {
    throw misfit(`no part of the snapshot can be restored into ${JSON.stringify(target)}`);
  }
  const names = route.map(({ part }) => part);
  if (new Set(names).size < names.length) throw misfit("a part is sent to more than one node");
  if (layout === null) {
    throw misfit("nobody recorded which shards are in which part of the snapshot");
  }
  const parts = layout.parts.filter(({ name }) => names.includes(name));
  if (coversAll(layout, parts)) return;
  throw misfit(`the parts ${names.join(", ")} do not hold every shard of the snapshot`);
}

function misfit(why: string): SnapformError {
  return new SnapformError("failed-precondition", why, { hint: "Plan again." });
}
