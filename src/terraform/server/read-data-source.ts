import type { Message } from "../wire/messages.ts";
import {
  diagnosticOf,
  encodeDiagnostics,
  hasErrors,
  soundDiagnostics,
  type Diagnostic,
} from "./diagnostic.ts";
import { runEffect } from "./effect.ts";
import { decodeTree, kindNamed } from "./kinds.ts";
import { emptyTree, finishState } from "./outcome.ts";
import type { Session } from "./session.ts";

export async function readDataSource<C>(
  session: Session<C>,
  request: Message<"ReadDataRequest">,
): Promise<Message<"ReadDataResponse">> {
  const { redactor } = session;
  const kind = kindNamed(session.kinds.dataSources, request.typeName);
  const found: Diagnostic[] = [];
  try {
    const config = decodeTree(kind, request.config) ?? emptyTree(kind);
    redactor.learn(kind.schema, config);
    const result = await runEffect(session, { doing: "read" }, (context) => {
      return kind.source.read(context, config);
    });
    found.push(...soundDiagnostics(result.diagnostics));
    const what = "the data that was read";
    const { message, faults } = finishState(kind, result.state, {
      what,
      unknown: "refuse",
      redactor,
    });
    found.push(...faults);
    if (!hasErrors(found)) {
      return { state: message, diagnostics: encodeDiagnostics(found, kind.schema, redactor) };
    }
  } catch (error) {
    found.push(diagnosticOf(error, `read ${request.typeName}`));
  }
  return { diagnostics: encodeDiagnostics(found, kind.schema, redactor) };
}
