import type { Message } from "../wire/messages.ts";
import type { Private, Stored } from "./definition.ts";
import {
  diagnosticOf,
  encodeDiagnostics,
  hasErrors,
  soundDiagnostics,
  type Diagnostic,
} from "./diagnostic.ts";
import { runEffect } from "./effect.ts";
import { decodeTree, kindNamed, type ResourceKind } from "./kinds.ts";
import { finishState } from "./outcome.ts";
import { forgivingPrivate, encodePrivate } from "./private.ts";
import type { Session } from "./session.ts";
import { limitOf } from "./timeouts.ts";

type ReadResponse = Message<"ReadResponse">;

/** Where it cannot be read, what Terraform had goes back untouched. */
export async function readResource<C>(
  session: Session<C>,
  request: Message<"ReadRequest">,
): Promise<ReadResponse> {
  const kind = kindNamed(session.kinds.resources, request.typeName);
  const { currentState } = request;
  const untouched = { ...(currentState && { newState: currentState }), private: request.private };
  if (session.configured.is === "waiting") return untouched;
  try {
    const state = decodeTree(kind, currentState);
    if (state === null) return untouched;
    session.redactor.learn(kind.schema, state);
    return await read(
      session,
      kind,
      { state, private: forgivingPrivate(request.private) },
      untouched,
    );
  } catch (error) {
    const diagnostics = [diagnosticOf(error, `read ${kind.name}`)];
    return { ...untouched, diagnostics: encodeDiagnostics(diagnostics, null, session.redactor) };
  }
}

async function read<C>(
  session: Session<C>,
  kind: ResourceKind<C>,
  current: Stored,
  untouched: ReadResponse,
): Promise<ReadResponse> {
  const { resource, schema } = kind;
  const { redactor } = session;
  const limitMs = limitOf(resource.timeouts, current.state, "read");
  const result = await runEffect(session, { doing: "read", limitMs }, (context) => {
    return resource.read(context, current);
  });
  const found: Diagnostic[] = [...soundDiagnostics(result.diagnostics)];
  const what = "the object that was read";
  const { message, faults } = finishState(kind, result.state, {
    what,
    unknown: "refuse",
    redactor,
  });
  found.push(...faults);
  const diagnostics = encodeDiagnostics(found, schema, redactor);
  if (hasErrors(found)) return { ...untouched, diagnostics };
  const kept: Private = result.private === undefined ? current.private : result.private;
  return { newState: message, private: encodePrivate(kept), diagnostics };
}
