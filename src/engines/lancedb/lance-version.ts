/** A column of a table; nested columns name their parent. */
export interface LanceField {
  readonly id: number;
  readonly parentId: number;
  readonly name: string;
  /** Lance's logical type, e.g. `int64`, `fixed_size_list:float:768`. */
  readonly type: string;
  readonly nullable: boolean;
}

/** A file that a version names. Size null: the manifest does not say. */
export interface LanceFile {
  /** Relative to the table's folder. */
  readonly path: string;
  readonly size: number | null;
}

export interface LanceFragment {
  readonly id: number;
  readonly dataFiles: readonly LanceFile[];
  readonly deletionFile: string | null;
  /** Row id and row version sequences that were too large for the manifest. */
  readonly externalFiles: readonly string[];
  /** Rows without the deleted ones; null when the writer was too old to say. */
  readonly rowCount: number | null;
  /** Whether some file of it lies below another base path. */
  readonly hasOtherBase: boolean;
  readonly overlayCount: number;
}

export interface LanceIndex {
  readonly uuid: string;
  readonly name: string;
  readonly fieldIds: readonly number[];
  /** The protobuf type of its details, e.g. `BTreeIndexDetails`; empty when unknown. */
  readonly type: string;
  /** Empty: the manifest does not list them. */
  readonly files: readonly LanceFile[];
  readonly hasOtherBase: boolean;
}

/** One version of a table, as its manifest describes it. */
export interface LanceVersion {
  readonly version: number;
  readonly fields: readonly LanceField[];
  readonly fragments: readonly LanceFragment[];
  readonly indexes: readonly LanceIndex[];
  /** e.g. `lance 12.0.0`; null for writers that did not say. */
  readonly writer: string | null;
  /** e.g. `lance 2.2`; null for old tables. */
  readonly format: string | null;
  readonly readerFlags: bigint;
  /** Path below the table's folder; null when none was written. */
  readonly transactionFile: string | null;
  readonly basePathCount: number;
  readonly branch: string | null;
}

/** Rows of a version; null when some fragment does not say. */
export function rowCountOf(version: LanceVersion): number | null {
  let sum = 0;
  for (const fragment of version.fragments) {
    if (fragment.rowCount === null) return null;
    sum += fragment.rowCount;
  }
  return sum;
}
