import { ERROR_CODES, EXIT_STATUS } from "../../src/errors/codes.ts";

/** The reference page of exit statuses and error codes. */
export function exitCodesPage(): string {
  const statuses = Object.values(EXIT_STATUS).map((exit) => `| ${exit.status} | ${exit.meaning} |`);
  const codes = Object.entries(ERROR_CODES).map(
    ([code, { exit, meaning }]) => `| \`${code}\` | ${meaning} | ${EXIT_STATUS[exit].status} |`,
  );
  return `<!-- Written by scripts/generate.ts from src/errors/codes.ts. Do not edit. -->

# Exit statuses and error codes

## How a command ends

| status | meaning |
| --- | --- |
${statuses.join("\n")}

## Error codes

Programs act on the code, never on the text of a message. With \`--json\` the code stands in the
field \`code\`.

| code | meaning | exit status |
| --- | --- | --- |
${codes.join("\n")}
`;
}
