import type { Message } from "../wire/messages.ts";
import { hasUnknown, treeOf } from "../wire/value.ts";
import { diagnosticOf, encodeDiagnostics, hasErrors, type Diagnostic } from "./diagnostic.ts";
import { decodeTree } from "./kinds.ts";
import type { Session } from "./session.ts";

export async function configureProvider<C>(
  session: Session<C>,
  request: Message<"ConfigureRequest">,
): Promise<Message<"DiagnosticsResponse">> {
  const { kinds, redactor, clock, log } = session;
  const config = decodeTree(kinds.provider, request.config) ?? treeOf([]);
  redactor.learn(kinds.provider.schema, config);
  session.providerConfig = config;
  session.configured = { is: "unset" };
  if (session.stop.signal.aborted) session.stop = new AbortController();
  const { terraformVersion } = request;
  const { signal } = session.stop;
  const diagnostics: Diagnostic[] = [];
  try {
    const asked = { config, hasUnknown: hasUnknown(config), terraformVersion, signal, clock, log };
    const result = await session.untilCrash(session.definition.configure(asked));
    if ("diagnostics" in result) diagnostics.push(...(result.diagnostics ?? []));
    if ("waiting" in result) session.configured = { is: "waiting" };
    if ("configured" in result && !hasErrors(diagnostics)) {
      session.configured = { is: "ready", value: result.configured };
    }
    log("info", "configured", { terraform: terraformVersion, outcome: session.configured.is });
  } catch (error) {
    diagnostics.push(diagnosticOf(error, "configure the provider"));
  }
  return { diagnostics: encodeDiagnostics(diagnostics, kinds.provider.schema, redactor) };
}
