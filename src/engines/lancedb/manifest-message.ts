import type {
  LanceField,
  LanceFile,
  LanceFragment,
  LanceIndex,
  LanceVersion,
} from "./lance-version.ts";
import { toCount, toInt32, toInt32s, toText, wireFields } from "./protobuf.ts";

// Field numbers are those of `lance.table` in Lance's table.proto and file.proto.

/** Decodes `lance.table.Manifest`; its indexes stand in a section of their own. */
export function decodeManifest(
  bytes: Uint8Array,
): Omit<LanceVersion, "indexes"> & { readonly indexSection: number | null } {
  const fields: LanceField[] = [];
  const fragments: LanceFragment[] = [];
  let version = 0;
  let indexSection: number | null = null;
  let readerFlags = 0n;
  let transactionFile: string | null = null;
  let writer: string | null = null;
  let format: string | null = null;
  let basePathCount = 0;
  let branch: string | null = null;
  for (const field of wireFields(bytes)) {
    if (field.number === 1) fields.push(decodeField(field.bytes));
    else if (field.number === 2) fragments.push(decodeFragment(field.bytes));
    else if (field.number === 3) version = toCount(field.value);
    else if (field.number === 6) indexSection = toCount(field.value);
    else if (field.number === 9) readerFlags = BigInt(field.value);
    else if (field.number === 12) transactionFile = `_transactions/${toText(field.bytes)}`;
    else if (field.number === 13) writer = decodePair(field.bytes);
    else if (field.number === 15) format = decodePair(field.bytes);
    else if (field.number === 18) basePathCount += 1;
    else if (field.number === 20) branch = toText(field.bytes);
  }
  if (transactionFile === "_transactions/") transactionFile = null;
  return {
    version,
    fields,
    fragments,
    writer,
    format,
    readerFlags,
    transactionFile,
    basePathCount,
    branch,
    indexSection,
  };
}

/** Decodes `lance.table.IndexSection`. */
export function decodeIndexSection(bytes: Uint8Array): LanceIndex[] {
  const indexes: LanceIndex[] = [];
  for (const field of wireFields(bytes)) {
    if (field.number === 1) indexes.push(decodeIndex(field.bytes));
  }
  return indexes;
}

function decodeField(bytes: Uint8Array): LanceField {
  let id = 0;
  let parentId = 0;
  let name = "";
  let type = "";
  let nullable = false;
  for (const field of wireFields(bytes)) {
    if (field.number === 2) name = toText(field.bytes);
    else if (field.number === 3) id = toInt32(field.value);
    else if (field.number === 4) parentId = toInt32(field.value);
    else if (field.number === 5) type = toText(field.bytes);
    else if (field.number === 6) nullable = field.value !== 0;
  }
  return { id, parentId, name, type, nullable };
}

function decodeFragment(bytes: Uint8Array): LanceFragment {
  const dataFiles: LanceFile[] = [];
  const externalFiles: string[] = [];
  let deletion: Uint8Array | null = null;
  let id = 0;
  let physicalRows = 0;
  let overlayCount = 0;
  let hasOtherBase = false;
  for (const field of wireFields(bytes)) {
    if (field.number === 1) id = toCount(field.value);
    else if (field.number === 2) {
      const file = decodeFile(field.bytes, { path: 1, size: 6, base: 7 });
      dataFiles.push({ path: `data/${file.path}`, size: file.size });
      hasOtherBase ||= file.hasBase;
    } else if (field.number === 3) deletion = field.bytes;
    else if (field.number === 4) physicalRows = toCount(field.value);
    else if (field.number === 6 || field.number === 8 || field.number === 10) {
      externalFiles.push(decodeFile(field.bytes, { path: 1, size: 0, base: 0 }).path);
    } else if (field.number === 11) overlayCount += 1;
  }
  const removed = deletion === null ? null : decodeDeletion(deletion, id);
  // Zero stands for "not counted" in tables of old writers, as a fragment without rows is not kept.
  const isCounted = physicalRows > 0 && (removed === null || removed.rowCount > 0);
  return {
    id,
    dataFiles,
    deletionFile: removed?.path ?? null,
    externalFiles,
    rowCount: isCounted ? physicalRows - (removed?.rowCount ?? 0) : null,
    hasOtherBase: hasOtherBase || (removed?.hasBase ?? false),
    overlayCount,
  };
}

function decodeDeletion(
  bytes: Uint8Array,
  fragmentId: number,
): { readonly path: string; readonly rowCount: number; readonly hasBase: boolean } {
  let extension = "arrow";
  let readVersion: number | bigint = 0;
  let id: number | bigint = 0;
  let rowCount = 0;
  let hasBase = false;
  for (const field of wireFields(bytes)) {
    if (field.number === 1) extension = field.value === 0 ? "arrow" : "bin";
    else if (field.number === 2) readVersion = field.value;
    else if (field.number === 3) id = field.value;
    else if (field.number === 4) rowCount = toCount(field.value);
    else if (field.number === 7) hasBase = true;
  }
  const path = `_deletions/${fragmentId}-${readVersion}-${id}.${extension}`;
  return { path, rowCount, hasBase };
}

function decodeIndex(bytes: Uint8Array): LanceIndex {
  const fieldIds: number[] = [];
  const names: LanceFile[] = [];
  let uuid = "";
  let name = "";
  let type = "";
  let hasOtherBase = false;
  for (const field of wireFields(bytes)) {
    if (field.number === 1) uuid = decodeUuid(field.bytes);
    else if (field.number === 2) fieldIds.push(...toInt32s(field));
    else if (field.number === 3) name = toText(field.bytes);
    else if (field.number === 6) type = decodeAnyType(field.bytes);
    else if (field.number === 9) hasOtherBase = true;
    else if (field.number === 10)
      names.push(decodeFile(field.bytes, { path: 1, size: 2, base: 0 }));
  }
  const files = names.map((file) => ({ path: `_indices/${uuid}/${file.path}`, size: file.size }));
  return { uuid, name, fieldIds, type, files, hasOtherBase };
}

function decodeUuid(bytes: Uint8Array): string {
  for (const field of wireFields(bytes)) {
    if (field.number !== 1 || field.bytes.length !== 16) continue;
    const hex = Buffer.from(field.bytes).toString("hex");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
  throw new RangeError("an index has no UUID");
}

function decodeAnyType(bytes: Uint8Array): string {
  for (const field of wireFields(bytes)) {
    if (field.number === 1) return toText(field.bytes).split(/[./]/).at(-1) ?? "";
  }
  return "";
}

/** Messages with a path and a size only differ in their numbers; zero stands for "has none". */
function decodeFile(
  bytes: Uint8Array,
  numbers: { readonly path: number; readonly size: number; readonly base: number },
): LanceFile & { readonly hasBase: boolean } {
  let path = "";
  let size: number | null = null;
  let hasBase = false;
  for (const field of wireFields(bytes)) {
    if (field.number === numbers.path) path = toText(field.bytes);
    else if (field.number === numbers.size) size = toCount(field.value) || null;
    else if (field.number === numbers.base) hasBase = true;
  }
  return { path, size, hasBase };
}

/** `WriterVersion` and `DataStorageFormat`: a name and a version. */
function decodePair(bytes: Uint8Array): string {
  const parts = ["", ""];
  for (const field of wireFields(bytes)) {
    if (field.number === 1 || field.number === 2) parts[field.number - 1] = toText(field.bytes);
  }
  return parts.join(" ").trim();
}
