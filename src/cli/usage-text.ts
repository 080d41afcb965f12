import {
  formatMessageForArgumentScannerError,
  text_en,
  type ApplicationText,
  type ArgumentScannerError,
} from "@stricli/core";
import { flagName } from "./views/help-human.ts";

/** A flag as it was, or should have been, typed. */
function flag(name: string): string {
  return flagName(name.replace(/^--/, ""));
}

/** Placeholders of arguments are upper case, names of flags are not. */
function parameter(name: string): string {
  return /^[a-z]/.test(name) ? flag(name) : name;
}

function meant(corrections: readonly string[]): string {
  return corrections.length === 0 ? "" : `; did you mean ${corrections.join(" or ")}?`;
}

function scannerMessage(error: ArgumentScannerError): string {
  return formatMessageForArgumentScannerError(error, {
    AliasNotFoundError: ({ input }) => `unknown flag -${input}`,
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, exception }) =>
      `${parameter(name)}: ${exception instanceof Error ? exception.message : String(exception)}`,
    EnumValidationError: ({ externalFlagName: name, input, values }) =>
      `${flag(name)}: expected one of ${values.join(", ")}, got ${JSON.stringify(input)}`,
    FlagNotFoundError: ({ input, corrections }) =>
      `unknown flag --${input}${meant(corrections.map(flag))}`,
    InvalidNegatedFlagSyntaxError: ({ externalFlagName: name }) => `${flag(name)} takes no value`,
    UnexpectedFlagError: ({ externalFlagName: name, previousInput, input }) =>
      `${flag(name)} is given twice: ${JSON.stringify(previousInput)}, ${JSON.stringify(input)}`,
    UnexpectedPositionalError: ({ input }) => `unexpected argument ${JSON.stringify(input)}`,
    UnsatisfiedFlagError: ({ externalFlagName: name }) => `${flag(name)} needs a value`,
    UnsatisfiedPositionalError: ({ placeholder }) => `argument ${placeholder} is missing`,
  });
}

/** What the argument parser says when the command line is wrong: one line per mistake. */
export const usageText: ApplicationText = {
  ...text_en,
  exceptionWhileParsingArguments: (error) => scannerMessage(error as ArgumentScannerError),
  noCommandRegisteredForInput: ({ input, corrections }) => {
    const what = input.startsWith("-") ? `unknown flag ${input}` : `unknown command "${input}"`;
    return what + meant(corrections.map((text) => text.replaceAll("`", "")));
  },
};
