import type { SnapshotLayout } from "../../snapshot/layout.ts";
import type { Json } from "../../snapshot/json.ts";
import type { PointRange } from "../../snapshot/snapshot.ts";

/** One file of a snapshot: what one node made. */
export interface DetailsPart {
  /** The node's name when it was made; its URL may change, its peer id does not. */
  readonly node: string;
  /** Null for a file whose name does not say who made it. */
  readonly peerId: string | null;
  /** The file's name on the node. */
  readonly file: string;
  readonly size: number;
  /** Lower-case hexadecimal; null where the server keeps none (S3, files brought by hand). */
  readonly sha256: string | null;
  /** Ids of the shards whose points are in it. */
  readonly shards: readonly number[];
  /** Of the server that made it. */
  readonly version: string | null;
}

/** Why one node did not make its part. */
export interface DetailsFailure {
  readonly node: string;
  readonly code: string;
  readonly message: string;
}

/** What Qdrant does not keep with a snapshot: it lies in the ledger and in the manifest. */
export interface QdrantDetails {
  readonly format: 1;
  /** RFC 3339, as all instants. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly description: string | null;
  readonly engineVersion: string | null;
  /** The parts that were made, in the order of their nodes' names. */
  readonly parts: readonly DetailsPart[];
  /** Of the nodes that should have made a part and did not. */
  readonly failures: readonly DetailsFailure[];
  /** Null where nobody counted: a snapshot that was made by hand. */
  readonly points: PointRange | null;
  /** The collection's configuration, as the server tells it; null where nobody asked. */
  readonly config: Json;
  readonly payloadSchema: Json;
  readonly aliases: readonly string[];
  /** Null where nobody looked. */
  readonly layout: Omit<SnapshotLayout, "versions" | "parts"> | null;
}

/** The details as they are stored. */
export function writeDetails(details: QdrantDetails): Json {
  return structuredClone(details) as unknown as Json;
}

/** Reads what the ledger or a manifest holds; null for what is none of ours, or damaged. */
export function readDetails(json: Json): QdrantDetails | null {
  const value = json as unknown as Partial<QdrantDetails> | null;
  const isOurs =
    isObject(value) &&
    value.format === 1 &&
    typeof value.startedAt === "string" &&
    typeof value.finishedAt === "string" &&
    isTextOrNull(value.description) &&
    isTextOrNull(value.engineVersion) &&
    isListOf(value.parts, isPart) &&
    isListOf(value.failures, isFailure) &&
    (value.points === null || isRange(value.points)) &&
    value.config !== undefined &&
    value.payloadSchema !== undefined &&
    isListOf(value.aliases, isText) &&
    (value.layout === null || isLayout(value.layout));
  return isOurs ? (value as QdrantDetails) : null;
}

/** How the snapshot of these details is spread; null where nobody looked. */
export function layoutOfDetails(details: QdrantDetails): SnapshotLayout | null {
  if (details.layout === null) return null;
  const versions = details.parts.map(({ version }) => version).filter((each) => each !== null);
  return {
    ...details.layout,
    versions: [...new Set(versions)].toSorted(),
    parts: details.parts.map(({ node, shards }) => ({ name: node, shards })),
  };
}

function isPart(value: unknown): boolean {
  if (!isObject(value)) return false;
  const part = value as Partial<DetailsPart>;
  return (
    isText(part.node) &&
    isTextOrNull(part.peerId) &&
    isText(part.file) &&
    isCount(part.size) &&
    isTextOrNull(part.sha256) &&
    isListOf(part.shards, isCount) &&
    isTextOrNull(part.version)
  );
}

function isFailure(value: unknown): boolean {
  if (!isObject(value)) return false;
  const failure = value as Partial<DetailsFailure>;
  return isText(failure.node) && isText(failure.code) && isText(failure.message);
}

function isRange(value: unknown): boolean {
  if (!isObject(value)) return false;
  const range = value as Partial<PointRange>;
  return isCount(range.before) && isCount(range.after);
}

function isLayout(value: unknown): boolean {
  if (!isObject(value)) return false;
  const layout = value as Partial<SnapshotLayout>;
  return (
    isCount(layout.shardCount) &&
    (layout.sharding === "auto" || layout.sharding === "custom") &&
    isListOf(layout.shardKeys, (key) => isText(key) || typeof key === "number") &&
    isCount(layout.replicationFactor) &&
    isText(layout.schemaHash)
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}
