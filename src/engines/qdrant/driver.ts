import type {
  Capture,
  ClusterObservation,
  EngineContext,
  EngineDriver,
  KnownNative,
  NativeCreateRequest,
  NativeSnapshot,
  RecoverRequest,
  RestoreRequest,
  RestoreResult,
  RestoreTrace,
} from "../../engine/driver.ts";
import type { CheckLevel } from "../../snapshot/capabilities.ts";
import type { CheckResult } from "../../snapshot/check.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import { moveAlias } from "./alias.ts";
import { QDRANT_CAPABILITIES } from "./capabilities.ts";
import { checkCollection } from "./check.ts";
import { createNative } from "./create.ts";
import { deleteNative } from "./delete.ts";
import { listNatives } from "./native.ts";
import { observeCluster } from "./observe.ts";
import { readNative } from "./read-native.ts";
import { recoverRestore } from "./recover.ts";
import { restoreCollection } from "./restore.ts";
import { closeSetting, openSetting, type QdrantOptions, type QdrantSetting } from "./setting.ts";
import { sweepCluster } from "./sweep.ts";

export type { QdrantOptions };

/**
 * Opens a Qdrant cluster; nothing is asked until a method is called.
 *
 * @throws SnapformError `invalid-argument` for URLs, keys or certificates that cannot be used
 */
export function openQdrantDriver(options: QdrantOptions): EngineDriver {
  return new QdrantDriver(openSetting(options));
}

class QdrantDriver implements EngineDriver {
  readonly engine = "qdrant";
  readonly capabilities = QDRANT_CAPABILITIES;
  readonly #setting: QdrantSetting;

  constructor(setting: QdrantSetting) {
    this.#setting = setting;
  }

  observe({ signal }: EngineContext): Promise<ClusterObservation> {
    return observeCluster(this.#setting, signal);
  }

  listNative(
    collections: readonly string[],
    known: readonly KnownNative[],
    { signal }: EngineContext,
  ): Promise<NativeSnapshot[]> {
    return listNatives(this.#setting, { collections, known }, signal);
  }

  createNative(request: NativeCreateRequest, context: EngineContext): Promise<NativeSnapshot> {
    return createNative(this.#setting, request, context);
  }

  readNative(snapshot: NativeSnapshot, context: EngineContext): Promise<Capture> {
    return readNative(this.#setting, snapshot, context);
  }

  deleteNative(snapshot: NativeSnapshot, { signal }: EngineContext): Promise<void> {
    return deleteNative(this.#setting, snapshot, signal);
  }

  restore(request: RestoreRequest, context: EngineContext): Promise<RestoreResult> {
    return restoreCollection(this.#setting, request, context);
  }

  recoverRestore(request: RecoverRequest, context: EngineContext): Promise<RestoreTrace> {
    return recoverRestore(this.#setting, request, context);
  }

  sweep(context: EngineContext): Promise<void> {
    return sweepCluster(this.#setting, context);
  }

  check(
    collection: string,
    manifest: Manifest,
    level: CheckLevel,
    context: EngineContext,
  ): Promise<CheckResult> {
    return checkCollection(this.#setting, collection, manifest, level, context);
  }

  moveAlias(alias: string, collection: string, context: EngineContext): Promise<string | null> {
    return moveAlias(this.#setting, alias, collection, context);
  }

  close(): Promise<void> {
    return closeSetting(this.#setting);
  }
}
