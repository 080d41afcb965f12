import { SnapformError } from "../../errors/index.ts";
import type { Message } from "../wire/messages.ts";
import {
  diagnosticOf,
  encodeDiagnostics,
  hasErrors,
  soundDiagnostics,
  type Diagnostic,
} from "./diagnostic.ts";
import { runEffect } from "./effect.ts";
import { kindNamed } from "./kinds.ts";
import { finishState } from "./outcome.ts";
import { encodePrivate } from "./private.ts";
import type { Session } from "./session.ts";

export async function importResourceState<C>(
  session: Session<C>,
  request: Message<"ImportRequest">,
): Promise<Message<"ImportResponse">> {
  const { redactor } = session;
  const { typeName, id } = request;
  const kind = kindNamed(session.kinds.resources, typeName);
  const { resource } = kind;
  const found: Diagnostic[] = [];
  try {
    if (resource.import === undefined) throw cannotImport(typeName);
    const imported = await runEffect(session, { doing: "import" }, async (context) => {
      return await resource.import?.(context, id);
    });
    if (imported === undefined) throw cannotImport(typeName);
    found.push(...soundDiagnostics(imported.diagnostics));
    const what = "the imported object";
    const { message, faults } = finishState(kind, imported.state, {
      what,
      unknown: "refuse",
      redactor,
    });
    found.push(...faults);
    if (!hasErrors(found)) {
      const kept = encodePrivate(imported.private ?? null);
      return {
        importedResources: [{ typeName, state: message, private: kept }],
        diagnostics: encodeDiagnostics(found, null, redactor),
      };
    }
  } catch (error) {
    found.push(diagnosticOf(error, `import ${typeName}`));
  }
  return { diagnostics: encodeDiagnostics(found, null, redactor) };
}

function cannotImport(typeName: string): SnapformError {
  return new SnapformError("unimplemented", `${typeName} cannot be imported`);
}
