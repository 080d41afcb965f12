import { CONFIG_SHAPE } from "../desired/shape.gen.ts";
import { checkStructure } from "./check-structure.ts";
import { checkClusters } from "./checks/clusters.ts";
import { checkHistory } from "./checks/history.ts";
import { checkPaths } from "./checks/paths.ts";
import { checkPolicies } from "./checks/policies.ts";
import { checkReferences } from "./checks/references.ts";
import { checkRestores } from "./checks/restores.ts";
import { checkSpans } from "./checks/spans.ts";
import { draftOf, type Draft } from "./draft.ts";
import type { Finding } from "./finding.ts";
import type { Located, LocatedMap } from "./located.ts";

/** A configuration that was looked through. */
export interface CheckedDocument {
  readonly findings: readonly Finding[];
  readonly draft: Draft;
  /** What the schemas refuse; the draft leaves it out. */
  readonly broken: ReadonlySet<Located>;
}

/** Where a configuration stands, both absolute. */
interface Surroundings {
  /** Where the relative names of its files start. */
  readonly workingDirectory: string;
  /** The folder of the first file; what is implied lies there. */
  readonly folder: string;
}

/**
 * Holds a whole configuration, in its canonical form, against the schemas and the checks of
 * meaning. The same for every surface, whatever its values were read from.
 */
export function checkDocument(root: LocatedMap, surroundings: Surroundings): CheckedDocument {
  const { findings, broken } = checkStructure(root, CONFIG_SHAPE);
  const draft = draftOf(root, broken, surroundings.workingDirectory);
  const meaning = [
    ...checkReferences(draft),
    ...checkClusters(draft),
    ...checkSpans(draft),
    ...checkPolicies(draft),
    ...checkRestores(draft),
    ...checkHistory(draft),
    ...checkPaths(draft, surroundings.folder),
  ];
  return { findings: [...findings, ...meaning], draft, broken };
}
