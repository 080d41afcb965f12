import { SnapformError } from "../../errors/index.ts";
import { parseJsonTree } from "../wire/decode-json.ts";
import type { Message } from "../wire/messages.ts";
import { isTree, type Tree } from "../wire/value.ts";
import { conform } from "./conform.ts";
import { bugDiagnostic, diagnosticOf, encodeDiagnostics, type Diagnostic } from "./diagnostic.ts";
import { encodeTree, kindNamed, type ResourceKind } from "./kinds.ts";
import type { Session } from "./session.ts";
import { faultDiagnostics } from "./outcome.ts";

/**
 * Called for every object in every run. Of the same version, the text goes back as it came: big
 * numbers stay exact, and attributes that have been added or dropped are Terraform's to settle.
 */
export function upgradeResourceState<C>(
  session: Session<C>,
  request: Message<"UpgradeRequest">,
): Message<"UpgradeResponse"> {
  const kind = kindNamed(session.kinds.resources, request.typeName);
  const current = kind.schema.version ?? 0;
  const json = request.rawState?.json ?? new Uint8Array();
  if (request.version === current && json.length > 0) return { upgradedState: { json } };
  const diagnostics: Diagnostic[] = [];
  try {
    const { tree, faults } = conform(kind.schema, upgrade(kind, request.version, json), "refuse");
    session.redactor.learn(kind.schema, tree);
    diagnostics.push(...faultDiagnostics(faults, "the upgraded state"));
    if (faults.length === 0) return { upgradedState: encodeTree(kind, tree) };
  } catch (error) {
    diagnostics.push(diagnosticOf(error, `read the stored state of ${request.typeName}`));
  }
  return { diagnostics: encodeDiagnostics(diagnostics, null, session.redactor) };
}

function upgrade<C>(kind: ResourceKind<C>, version: number, json: Uint8Array): Tree {
  const current = kind.schema.version ?? 0;
  if (version > current) {
    const message = `it was written by a newer provider: version ${version}, here ${current}`;
    throw new SnapformError("failed-precondition", message, { hint: "Upgrade the provider." });
  }
  const state = json.length === 0 ? null : parseJsonTree(json);
  if (!isTree(state)) {
    throw new SnapformError(
      "corrupt",
      "it holds no object as JSON; only Terraform 0.12 or later writes it",
    );
  }
  const upgraded = kind.resource.upgrade?.(version, state);
  if (upgraded !== undefined) return upgraded;
  throw new SnapformError(
    "internal",
    bugDiagnostic(`No way leads from version ${version}.`).detail,
  );
}
