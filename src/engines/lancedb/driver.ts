import { createHash } from "node:crypto";
import { isAbsolute } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import type {
  Capture,
  CaptureRequest,
  ClusterObservation,
  EngineContext,
  EngineDriver,
  NativeSnapshot,
  RecoverRequest,
  RestoreRequest,
  RestoreResult,
  RestoreTrace,
} from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { CheckLevel } from "../../snapshot/capabilities.ts";
import type { CheckResult } from "../../snapshot/check.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import { LANCEDB_CAPABILITIES } from "./capabilities.ts";
import { fileError } from "./errors.ts";
import { realFs, type LancedbFs } from "./fs.ts";
import { tableFolder } from "./layout.ts";
import { loadInstalledNative, type LoadNative } from "./native.ts";
import { observeCluster } from "./observe.ts";
import type { LancedbSetting, StartHash } from "./setting.ts";

export interface LancedbOptions {
  /** The cluster's name in the configuration. */
  readonly cluster: string;
  /** Absolute path of the folder that holds the tables. */
  readonly uri: string;
  readonly clock: Clock;
  /** Hashes other than SHA-256, for `check`; without it those cannot be checked. */
  readonly startHash?: StartHash;
  /** Tests only: the calls that change the file system. */
  readonly fs?: LancedbFs;
  /** Tests only: false as on a file system without hard links. */
  readonly canLink?: boolean;
  /** Tests only: how the native library is loaded. */
  readonly loadNative?: LoadNative;
}

const sha256Only: StartHash = async (name) => (name === "sha256" ? createHash256() : null);

/** Opens the LanceDB tables in a folder; nothing is touched until a method is called. */
export function openLancedbDriver(options: LancedbOptions): EngineDriver {
  const { cluster, uri, clock } = options;
  if (!isAbsolute(uri)) {
    throw new SnapformError("invalid-argument", `cluster ${cluster}: ${uri} is no absolute path`);
  }
  return new LancedbDriver({
    uri,
    clock,
    fs: options.fs ?? realFs,
    canLink: options.canLink ?? true,
    loadNative: options.loadNative ?? loadInstalledNative,
    startHash: options.startHash ?? sha256Only,
  });
}

/** Most processes only look: each method but `observe` loads the code that it needs. */
class LancedbDriver implements EngineDriver {
  readonly engine = "lancedb";
  readonly capabilities = LANCEDB_CAPABILITIES;
  readonly #setting: LancedbSetting;

  constructor(setting: LancedbSetting) {
    this.#setting = setting;
  }

  observe(context: EngineContext): Promise<ClusterObservation> {
    return observeCluster(this.#setting.uri, context.signal);
  }

  listNative(): Promise<NativeSnapshot[]> {
    return Promise.resolve([]);
  }

  async capture(request: CaptureRequest, context: EngineContext): Promise<Capture> {
    const { captureTable } = await import("./capture.ts");
    return captureTable(this.#setting, request, context);
  }

  async restore(request: RestoreRequest, context: EngineContext): Promise<RestoreResult> {
    const { restoreTable } = await import("./restore.ts");
    return restoreTable(this.#setting, request, context);
  }

  async recoverRestore({ runId, target }: RecoverRequest): Promise<RestoreTrace> {
    const { recoverRun } = await import("./recover.ts");
    try {
      return await recoverRun(this.#setting, runId, target);
    } catch (error) {
      throw fileError(error, `recovering the restore of table ${JSON.stringify(target)}`);
    }
  }

  async sweep(context: EngineContext): Promise<void> {
    const { sweepStaging } = await import("./sweep.ts");
    try {
      await sweepStaging(this.#setting, context.signal);
    } catch (error) {
      throw fileError(error, `sweeping ${this.#setting.uri}`);
    }
  }

  async check(
    collection: string,
    manifest: Manifest,
    level: CheckLevel,
    context: EngineContext,
  ): Promise<CheckResult> {
    const { checkTable } = await import("./check.ts");
    const { uri } = this.#setting;
    try {
      const table = { folder: tableFolder(uri, collection), uri, name: collection, manifest };
      return await checkTable(this.#setting, table, level, { verified: null }, context);
    } catch (error) {
      const doing = `checking table ${JSON.stringify(collection)}`;
      throw fileError(error, doing, context.signal);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function createHash256(): { update(bytes: Uint8Array): unknown; digest(): string } {
  const hash = createHash("sha256");
  return { update: (bytes) => hash.update(bytes), digest: () => hash.digest("hex") };
}
