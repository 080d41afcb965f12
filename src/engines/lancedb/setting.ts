import type { Clock } from "../../clock/clock.ts";
import type { HashName } from "../../snapshot/manifest.ts";
import type { LancedbFs } from "./fs.ts";
import type { LoadNative } from "./native.ts";

/** A hash that bytes are given to. */
export interface LancedbHasher {
  update(bytes: Uint8Array): unknown;
  digest(): string;
}

/** Starts a hash, or null where that one is not known. */
export type StartHash = (name: HashName) => Promise<LancedbHasher | null>;

/** What every part of the driver is given. */
export interface LancedbSetting {
  /** Absolute path of the folder that holds the tables. */
  readonly uri: string;
  readonly clock: Clock;
  readonly fs: LancedbFs;
  /** False: captures hold files open, as where the file system refuses hard links. */
  readonly canLink: boolean;
  readonly loadNative: LoadNative;
  readonly startHash: StartHash;
}
