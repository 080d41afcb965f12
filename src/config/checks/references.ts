// Checks of meaning: what no schema can say. Each looks at the draft, from which everything broken
// has been left out, and returns findings with their exact place. May know the words and the rest
// of config/. Invariant: one mistake gives one finding, and no check speaks of what is missing.
import { IMPLIED_REPOSITORY } from "../../desired/implied-repository.ts";
import { atValue, type Draft } from "../draft.ts";
import type { Finding } from "../finding.ts";
import type { Path } from "../located.ts";
import { suggestion } from "../nearest.ts";

const words = {
  clusters: "cluster",
  repositories: "repository",
  policies: "policy",
  snapshots: "snapshot",
} as const;

type Kind = keyof typeof words;

/** Every name that refers to another resource has to be declared. */
export function checkReferences(draft: Draft): readonly Finding[] {
  const findings: Finding[] = [];
  const refer = (kind: Kind, path: Path, name: string | undefined): void => {
    const isImplied = kind === "repositories" && name === IMPLIED_REPOSITORY;
    if (name === undefined || isImplied || draft.isOpen(kind)) return;
    if (draft.names(kind).includes(name)) return;
    findings.push(unknownName(draft, kind, path, name));
  };
  for (const kind of ["policies", "snapshots"] as const) {
    for (const [name, each] of Object.entries(draft.config[kind] ?? {})) {
      refer("clusters", [kind, name, "cluster"], each?.cluster);
      refer("repositories", [kind, name, "repository"], each?.repository);
    }
  }
  for (const [name, each] of Object.entries(draft.config.restores ?? {})) {
    const from: Path = ["restores", name, "from"];
    refer("policies", [...from, "policy"], each?.from?.policy);
    refer("snapshots", [...from, "snapshot"], each?.from?.snapshot);
    // The cluster of this form is a name in the repository; it need not be declared here.
    refer("repositories", [...from, "repository"], each?.from?.repository);
    refer("clusters", ["restores", name, "to", "cluster"], each?.to?.cluster);
  }
  return findings;
}

function unknownName(draft: Draft, kind: Kind, path: Path, name: string): Finding {
  const word = words[kind];
  const declared = draft.names(kind);
  const more = declared.length > 12 ? ", ..." : "";
  const known =
    declared.length === 0
      ? `None is declared: add it under \`${kind}\`.`
      : `Declared under \`${kind}\`: ${declared.slice(0, 12).join(", ")}${more}.`;
  return atValue(draft, path, {
    code: "unknown-reference",
    summary: `Unknown ${word}`,
    detail: `There is no ${word} ${JSON.stringify(name)}. ${suggestion(name, declared)}${known}`,
  });
}
