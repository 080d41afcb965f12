/** The pieces of `@lancedb/lancedb` that are used, so that its types do not leak out. */
export interface NativeTable {
  version(): Promise<number>;
  checkout(version: number): Promise<void>;
  restore(): Promise<void>;
  listIndices(): Promise<readonly NativeIndex[]>;
  query(): NativeQuery;
  close(): void;
}

export interface NativeIndex {
  readonly name: string;
  readonly indexType: string;
  readonly columns: readonly string[];
}

export interface NativeQuery extends AsyncIterable<NativeBatch> {
  select(columns: string[]): NativeQuery;
  limit(count: number): NativeQuery;
  withRowId(): NativeQuery;
  nearestTo(vector: number[] | Float32Array): NativeVectorQuery;
  toArray(): Promise<unknown[]>;
}

export interface NativeVectorQuery {
  column(name: string): NativeVectorQuery;
  select(columns: string[]): NativeVectorQuery;
  limit(count: number): NativeVectorQuery;
  refineFactor(factor: number): NativeVectorQuery;
  nprobes(count: number): NativeVectorQuery;
  bypassVectorIndex(): NativeVectorQuery;
  distanceType(type: "l2"): NativeVectorQuery;
  withRowId(): NativeVectorQuery;
  explainPlan(verbose?: boolean): Promise<string>;
  toArray(): Promise<unknown[]>;
}

export interface NativeBatch {
  readonly numRows: number;
}

interface NativeConnection {
  openTable(name: string): Promise<NativeTable>;
  close(): void;
}

/** The native library's module. */
export interface NativeModule {
  connect(uri: string): Promise<NativeConnection>;
}

/** Loads the native library; rejects where it is not installed. */
export type LoadNative = () => Promise<NativeModule>;

/** What to tell a user who lacks the library. */
export const NATIVE_HINT =
  'Install "@lancedb/lancedb" (>=0.37.1 <0.40) with "apache-arrow" (>=15 <=18.1) beside snapform.';

/** The names that the native library opens. */
const NATIVE_NAME = /^[A-Za-z0-9_.-]+$/;

/** The optional peer, loaded only when something needs it: it is 200 MB of native code. */
export async function loadInstalledNative(): Promise<NativeModule> {
  const loaded = (await import("@lancedb/lancedb")) as unknown as {
    readonly connect?: unknown;
    readonly default?: unknown;
  };
  const module = loaded.connect === undefined ? loaded.default : loaded;
  return module as NativeModule;
}

/** Null when the library is not there or does not load on this machine. */
export async function tryNative(load: LoadNative): Promise<NativeModule | null> {
  try {
    return await load();
  } catch {
    return null;
  }
}

/** Opens a table by the native library for the time of `use`. */
export async function withNativeTable<T>(
  native: NativeModule,
  uri: string,
  name: string,
  use: (table: NativeTable) => Promise<T>,
): Promise<T> {
  const connection = await native.connect(uri);
  try {
    const table = await connection.openTable(name);
    try {
      return await use(table);
    } finally {
      table.close();
    }
  } finally {
    connection.close();
  }
}

/** Whether the native library opens a table of that name; the format itself allows more. */
export function isNativeName(name: string): boolean {
  return NATIVE_NAME.test(name);
}
