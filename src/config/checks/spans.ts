import { parseSpan } from "../../clock/duration.ts";
import { atValue, type Draft } from "../draft.ts";
import type { Finding } from "../finding.ts";
import type { Path } from "../located.ts";
import { sentence } from "../wording.ts";

/** Every span of time can be read, and a time-out is not zero. */
export function checkSpans(draft: Draft): readonly Finding[] {
  const { clusters = {}, repositories = {}, restores = {} } = draft.config;
  return [
    ...Object.entries(clusters).flatMap(([name, each]) => {
      return check(draft, ["clusters", name, "timeout"], each?.timeout, 1);
    }),
    ...Object.entries(repositories).flatMap(([name, each]) => {
      return check(draft, ["repositories", name, "undo"], each?.undo, 0);
    }),
    ...Object.entries(restores).flatMap(([name, each]) => {
      return check(draft, ["restores", name, "to", "keepReplaced"], each?.to?.keepReplaced, 0);
    }),
  ];
}

function check(draft: Draft, path: Path, text: string | undefined, minimum: number): Finding[] {
  if (text === undefined) return [];
  const refuse = (detail: string): Finding[] => {
    return [
      atValue(draft, path, { code: "invalid-span", summary: "Invalid span of time", detail }),
    ];
  };
  try {
    return parseSpan(text) < minimum ? refuse("It must be longer than nothing.") : [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(sentence(error.message));
  }
}
