// Errors: the table of codes and the one class that is thrown. User mistakes are diagnostics,
// not errors; a broken assumption of our own is an assert. May know nothing else of snapform.
// Invariant: whatever leaves the program as a failure has a code of the table.
export { ERROR_CODES, EXIT_STATUS, exitStatus, type ErrorCode, type ExitName } from "./codes.ts";
export {
  SnapformError,
  assert,
  isSnapformError,
  type SnapformErrorOptions,
} from "./snapform-error.ts";
