import { SnapformError } from "../../errors/index.ts";
import { parseJsonTree } from "../wire/decode-json.ts";
import type { Message } from "../wire/messages.ts";
import { isTree } from "../wire/value.ts";
import { diagnosticOf, encodeDiagnostics, hasErrors, type Diagnostic } from "./diagnostic.ts";
import { kindNamed } from "./kinds.ts";
import { finishState } from "./outcome.ts";
import { decodePrivate, encodePrivate } from "./private.ts";
import type { Session } from "./session.ts";
import type { Imported, MoveSource, ResourceType } from "./definition.ts";

type MoveResponse = Message<"MoveResponse">;

/** A `moved` block that leads from one type to another. */
export function moveResourceState<C>(
  { kinds, redactor }: Session<C>,
  request: Message<"MoveRequest">,
): MoveResponse {
  const kind = kindNamed(kinds.resources, request.targetTypeName);
  const found: Diagnostic[] = [];
  try {
    const moved = move(kind.resource, sourceOf(request), request.targetTypeName);
    found.push(...(moved.diagnostics ?? []));
    const what = "the moved object";
    const finished = finishState(kind, moved.state, { what, unknown: "refuse", redactor });
    found.push(...finished.faults);
    if (!hasErrors(found)) {
      return {
        targetState: finished.message,
        targetPrivate: encodePrivate(moved.private ?? null),
        diagnostics: encodeDiagnostics(found, null, redactor),
      };
    }
  } catch (error) {
    found.push(diagnosticOf(error, `move ${request.sourceTypeName}`));
  }
  const diagnostics = encodeDiagnostics(found, null, redactor);
  return { targetPrivate: new Uint8Array(), diagnostics };
}

function move<C>(resource: ResourceType<C>, source: MoveSource, target: string): Imported {
  const moved = resource.move?.(source) ?? null;
  if (moved !== null) return moved;
  const message = `a ${source.type} of ${source.providerAddress} cannot become a ${target}`;
  throw new SnapformError("unimplemented", message, {
    hint: "Remove the `moved` block. Forget the old object by a `removed` block and import it.",
  });
}

function sourceOf(request: Message<"MoveRequest">): MoveSource {
  const state = parseJsonTree(request.sourceState?.json ?? new Uint8Array());
  if (!isTree(state)) throw new SnapformError("corrupt", "the state to be moved holds no object");
  return {
    providerAddress: request.sourceProviderAddress,
    type: request.sourceTypeName,
    version: request.sourceSchemaVersion,
    state,
    // Another provider's is in a form that only it knows.
    private: privateOrNull(request.sourcePrivate),
  };
}

function privateOrNull(bytes: Uint8Array): MoveSource["private"] {
  try {
    return decodePrivate(bytes);
  } catch {
    return null;
  }
}
