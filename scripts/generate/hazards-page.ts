import { HAZARDS, type HazardLevel } from "../../src/plan/hazard.ts";

const asks: Readonly<Record<HazardLevel, string>> = {
  warn: "nothing; it is shown",
  confirm: "`--yes`, a saved plan, or an answer at the terminal",
  acknowledge: "`--acknowledge HASH`; held back until then",
  wait: "nobody can wave it through; held back until the world is right again",
};

/** The page of hazards: what each means and what it asks of whoever applies. */
export function hazardsPage(): string {
  const rows = Object.entries(HAZARDS).map(
    ([name, { level, meaning }]) => `| \`${name}\` | ${level} | ${meaning} |`,
  );
  const levels = Object.entries(asks).map(([level, asked]) => `| ${level} | ${asked} |`);
  return `<!-- Written by scripts/generate.ts from src/plan/hazard.ts. Do not edit. -->

# Hazards

A hazard is a named danger of an action. The plan shows it beside the action; what it asks of
whoever applies the plan depends on its level.

| level | asks for |
| --- | --- |
${levels.join("\n")}

The plan shows the hash for \`--acknowledge\`. It names the exact set of dangerous actions and
their hazards, so it dies with a different set: what was looked at is what is allowed. \`--yes\`
is never enough for these. What is held back does not stop the rest: creates go on, and the
command ends with status 3.

| hazard | level | meaning |
| --- | --- | --- |
${rows.join("\n")}
`;
}
