import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { SnapformError } from "../../errors/index.ts";
import { isSystemError } from "./errors.ts";
import type { Evidence, SnapshotDetails } from "./details.ts";
import { manifestHash } from "./table.ts";
import { listVersions, type ManifestName } from "./versions.ts";

const EVIDENCE_COUNT = 64;
/** Manifests of large tables are megabytes; more evidence would cost more than it proves. */
const EVIDENCE_BYTES = 16 * 1024 * 1024;

/** The hashes of the manifests that are there now, newest first, beginning with the held one. */
export async function collectEvidence(
  folder: string,
  held: ManifestName,
  heldBytes: Buffer,
): Promise<Evidence[]> {
  const evidence = [{ version: held.version, sha256: manifestHash(heldBytes) }];
  let budget = EVIDENCE_BYTES;
  for (const manifest of await listVersions(folder)) {
    if (manifest.version >= held.version) continue;
    if (evidence.length === EVIDENCE_COUNT) break;
    const path = join(folder, manifest.path);
    try {
      budget -= (await stat(path)).size;
      if (budget < 0) break;
      evidence.push({ version: manifest.version, sha256: manifestHash(await readFile(path)) });
    } catch (error) {
      if (!isSystemError(error, "ENOENT")) throw error;
    }
  }
  return evidence;
}

/**
 * Makes sure that the table in `folder` is the one that a snapshot was taken of, by the manifests
 * that both know. Throws `failed-precondition` for one that was dropped and made anew.
 */
export async function expectLineage(
  folder: string,
  target: string,
  details: SnapshotDetails,
  identity: string,
): Promise<void> {
  const versions = await listVersions(folder);
  const known = new Map(details.evidence.map((each) => [each.version, each.sha256]));
  let agreed = 0;
  for (const manifest of versions) {
    const expected = known.get(manifest.version);
    if (expected === undefined) continue;
    const actual = await hashIfThere(join(folder, manifest.path));
    if (actual === null) continue;
    if (actual !== expected) throw recreated(target, `its version ${manifest.version} differs`);
    agreed += 1;
  }
  const newest = versions[0]?.version ?? 0;
  if (newest < details.version) {
    throw recreated(target, `it is at version ${newest}, the snapshot at ${details.version}`);
  }
  // Everything of that time may have been cleaned up; then the folder itself has to prove it.
  if (agreed === 0 && identity !== details.datasetIdentity) {
    throw recreated(target, "nothing shows that it is the table of the snapshot");
  }
}

function recreated(target: string, why: string): SnapformError {
  return new SnapformError(
    "failed-precondition",
    `table ${JSON.stringify(target)} was dropped and recreated since the snapshot: ${why}`,
    { hint: "Restore with `ifExists: replace`, or to another name." },
  );
}

async function hashIfThere(path: string): Promise<string | null> {
  try {
    return manifestHash(await readFile(path));
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return null;
    throw error;
  }
}
