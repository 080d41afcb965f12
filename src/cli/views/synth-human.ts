import { counted } from "../text/units.ts";
import { visible } from "../text/visible.ts";

export interface Synthesized {
  /** As the user would name it. */
  readonly file: string;
  /** Addresses in Terraform. */
  readonly resources: readonly string[];
  /** Names of sensitive variables. */
  readonly variables: readonly string[];
  /** False when the file held this already. */
  readonly isNew: boolean;
}

/** What was written, and what Terraform has to be given beside it. */
export function synthHuman({ file, resources, variables, isNew }: Synthesized): string {
  const what = `${visible(file)}: ${counted(resources.length, "resource")}`;
  const lines = [isNew ? `Wrote ${what}.` : `Nothing new in ${what}.`];
  if (variables.length > 0) {
    const names = variables.map((name) => `TF_VAR_${visible(name)}`);
    lines.push(`Give Terraform the secrets in ${names.join(", ")}.`);
  }
  return `${lines.join("\n")}\n`;
}
