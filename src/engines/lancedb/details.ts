import { SnapformError } from "../../errors/index.ts";
import type { Manifest } from "../../snapshot/manifest.ts";

/** A manifest that was there when a snapshot was taken: proof of a table's lineage. */
export type Evidence = { readonly version: number; readonly sha256: string };

export type DetailsIndex = {
  readonly name: string;
  readonly uuid: string;
  readonly type: string;
  readonly columns: readonly string[];
};

/** What a manifest's `details` hold for a LanceDB table. */
export type SnapshotDetails = {
  readonly version: number;
  /** Path of that version's manifest among the files. */
  readonly manifestPath: string;
  readonly writer: string | null;
  readonly format: string | null;
  readonly datasetIdentity: string;
  readonly indexes: readonly DetailsIndex[];
  readonly evidence: readonly Evidence[];
  /** By path: which very files were hashed, see stamp.ts. */
  readonly stamps: Readonly<Record<string, string>>;
};

/** The details of a LanceDB manifest; `invalid-argument` for one of another engine. */
export function detailsOfManifest(manifest: Manifest): SnapshotDetails {
  const details = manifest.details as Partial<SnapshotDetails> | null;
  const isOurs =
    manifest.engine === "lancedb" &&
    typeof details === "object" &&
    details !== null &&
    Number.isSafeInteger(details.version) &&
    typeof details.manifestPath === "string" &&
    Array.isArray(details.indexes) &&
    Array.isArray(details.evidence);
  if (!isOurs) {
    throw new SnapformError(
      "invalid-argument",
      `snapshot ${manifest.id} is not of a LanceDB table (engine ${manifest.engine})`,
    );
  }
  return { ...(details as SnapshotDetails), stamps: details.stamps ?? {} };
}
