import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { isSnapformError } from "../../errors/index.ts";
import { documentJson } from "./document-json.ts";

/** A failure for programs; what is not there is null. */
export function failureJson(error: unknown, diagnostics: readonly Diagnostic[]): string {
  const isOurs = isSnapformError(error);
  return documentJson("failure", {
    error: {
      code: isOurs ? error.code : "internal",
      message: error instanceof Error ? error.message : String(error),
      hint: isOurs ? (error.hint ?? null) : "This is a bug in snapform.",
      address: isOurs ? (error.address ?? null) : null,
    },
    diagnostics,
  });
}
