import type { RestoreRequest, SnapshotReader } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Manifest, ManifestFile } from "../../snapshot/manifest.ts";
import { detailsOfManifest, type SnapshotDetails } from "./details.ts";
import { corruptFile } from "./errors.ts";
import { isInnerPath } from "./layout.ts";

/** A restore with its source opened and its manifest understood. */
export interface OpenedRestore {
  readonly request: RestoreRequest;
  readonly reader: SnapshotReader;
  readonly manifest: Manifest;
  readonly details: SnapshotDetails;
  readonly files: readonly ManifestFile[];
}

/** Opens a request; refuses snapshots of other engines and paths that lead out of the table. */
export function openRequest(request: RestoreRequest): OpenedRestore {
  const { source, target } = request;
  if (source.kind !== "repository") {
    throw new SnapformError("unimplemented", "LanceDB keeps no snapshots of its own");
  }
  const { manifest } = source.reader;
  const details = detailsOfManifest(manifest);
  const files = manifest.parts.flatMap((part) => part.files);
  const outside = files.find((file) => !isInnerPath(file.path));
  if (outside !== undefined) throw corruptFile(target, outside.path, "it lies outside the table");
  if (!files.some((file) => file.path === details.manifestPath)) {
    throw corruptFile(target, details.manifestPath, "the snapshot lacks it");
  }
  return { request, reader: source.reader, manifest, details, files };
}
