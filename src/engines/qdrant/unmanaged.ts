import type { NativeSnapshot } from "../../engine/driver.ts";
import type { CollectionLayout } from "../../snapshot/layout.ts";
import type { SnapshotDescription } from "./api/snapshot-description.ts";
import { nodeOfPeer, type ClusterLook } from "./cluster.ts";
import { writeDetails, type DetailsPart } from "./details.ts";
import { assembleKnown } from "./known-native.ts";
import type { CollectionFiles } from "./listing.ts";
import { isUpload } from "./marks.ts";
import {
  formatFileKey,
  formatKey,
  instantOfName,
  parseSnapshotFile,
  type KeyPart,
} from "./snapshot-key.ts";

/** How a collection is spread at present: of files that nobody recorded, it is the best guess. */
export interface PresentLayout {
  readonly layout: CollectionLayout;
  /** Ids of the shards of each member. */
  readonly shards: ReadonlyMap<string, readonly number[]>;
}

/** A file that no known snapshot names. */
export interface StrangeFile {
  readonly file: SnapshotDescription;
  /** Its maker, else one that lists it. */
  readonly node: string;
  /** What its name says; null for one that a person has brought. */
  readonly name: KeyPart | null;
}

/** Files of one set are made within that time. */
const SET_SPAN_MS = 10 * 60 * 1000;

/** Ends like a server's own name. Of another collection, or of a shard, it is none of these. */
const SERVER_NAME = /-\d+-\d{4}(-\d\d){5}\.snapshot$/;

/** The files that belong to nobody, each once, oldest first. */
export function strangeFiles(
  files: CollectionFiles,
  look: Pick<ClusterLook, "live">,
  taken: ReadonlySet<string>,
): readonly StrangeFile[] {
  const { collection } = files;
  const isShared = isSharedStorage(files);
  const found = new Map<string, StrangeFile>();
  const listings = files.listings.toSorted((a, b) =>
    a.live.node.name < b.live.node.name ? -1 : 1,
  );
  for (const { live, files: listed } of listings) {
    for (const file of listed ?? []) {
      if (taken.has(file.name) || isUpload(file.name)) continue;
      const name = parseSnapshotFile(collection, file.name);
      if (name === null && SERVER_NAME.test(file.name)) continue;
      const maker = name === null ? null : nodeOfPeer(look, name.peerId);
      const node = maker?.name ?? live.node.name;
      const key = name !== null || isShared ? file.name : formatFileKey(node, file.name);
      if (!found.has(key)) found.set(key, { file, node, name });
    }
  }
  return [...found.values()].toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

/**
 * The files that belong together: made by different members within ten minutes. A new set begins
 * where a member would be in it twice. What a person has brought is a set of its own.
 */
export function groupFiles(files: readonly StrangeFile[]): readonly (readonly StrangeFile[])[] {
  const sets: StrangeFile[][] = [];
  let current: StrangeFile[] = [];
  for (const each of files.filter(({ name }) => name !== null)) {
    const [first] = current;
    const isLater = first !== undefined && startOf(each) - startOf(first) > SET_SPAN_MS;
    const isTwice = current.some(({ name }) => name?.peerId === each.name?.peerId);
    if (first === undefined || isLater || isTwice) {
      current = [];
      sets.push(current);
    }
    current.push(each);
  }
  return [...sets, ...files.filter(({ name }) => name === null).map((each) => [each])];
}

/** A set of files that snapform did not make, as far as it can be told what it holds. */
export function unmanagedSnapshot(
  set: readonly StrangeFile[],
  files: CollectionFiles,
  look: ClusterLook,
  present: PresentLayout | null,
): NativeSnapshot | null {
  const { collection } = files;
  const parts = set.map(({ file, node, name }): DetailsPart => ({
    node,
    peerId: name?.peerId ?? null,
    file: file.name,
    size: file.size,
    sha256: file.checksum,
    shards: present?.shards.get(name?.peerId ?? "") ?? [],
    version: null,
  }));
  const [first] = parts;
  const times = set.flatMap(({ file }) => (file.createdAt === null ? [] : [file.createdAt]));
  const [startedAt = new Date(0).toISOString()] = times.toSorted();
  const details = {
    format: 1,
    startedAt,
    finishedAt: times.toSorted().at(-1) ?? startedAt,
    description: null,
    engineVersion: null,
    parts: parts.toSorted((a, b) => (a.node < b.node ? -1 : 1)),
    failures: [],
    points: null,
    config: null,
    payloadSchema: null,
    aliases: [],
    layout: present?.layout ?? null,
  } as const;
  const names = set.flatMap(({ name }) => (name === null ? [] : [name]));
  const key =
    names.length > 0 ? formatKey(names) : formatFileKey(first?.node ?? "", first?.file ?? "");
  const native = assembleKnown({ key, collection, details: writeDetails(details) }, files, look);
  if (native === null || native.status !== "complete" || present !== null) return native;
  return { ...native, status: "unknown" };
}

/** All nodes list the very same files: they keep them in one place, outside of themselves. */
function isSharedStorage({ listings }: CollectionFiles): boolean {
  const told = listings.flatMap(({ files }) => (files === null ? [] : [files]));
  const texts = told.map((files) =>
    files.map(({ name, size, createdAt }) => `${name} ${size} ${createdAt}`).join("\n"),
  );
  return texts.length > 1 && texts[0] !== "" && new Set(texts).size === 1;
}

function orderOf({ file, node, name }: StrangeFile): string {
  const time = name === null ? "" : instantOfName(name.time);
  return `${time} ${name?.peerId ?? ""} ${file.name} ${node}`;
}

function startOf({ name }: StrangeFile): number {
  return name === null ? 0 : Date.parse(instantOfName(name.time));
}
