import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";
import type { SnapformConfig as Config } from "../../desired/canonical.ts";
import { terraformName } from "./terraform-name.ts";

const kinds = {
  policy: { type: "snapform_backup_policy", section: "policies" },
  snapshot: { type: "snapform_snapshot", section: "snapshots" },
  restore: { type: "snapform_restore", section: "restores" },
} as const;

type Moves = NonNullable<Config["moved"]>;

/** Tells Terraform of renames, so that it does not destroy one resource and create another. */
export class MovedBlocks extends TerraformElement {
  readonly #moves: Moves;
  readonly #config: Config;

  constructor(scope: Construct, id: string, moves: Moves, config: Config) {
    super(scope, id);
    this.#moves = moves;
    this.#config = config;
  }

  override toTerraform(): object {
    const moved = this.#moves.map(({ from, to }) => ({
      from: terraformAddress(from, this.#config),
      to: terraformAddress(to, this.#config),
    }));
    return moved.length === 0 ? {} : { moved };
  }
}

/** The names that a resource had before, oldest last; renames may follow one another. */
export function formerNames(moves: Moves, address: string): readonly string[] {
  const found: string[] = [];
  for (let search = [address]; search.length > 0;) {
    const before = moves.filter(({ to }) => search.includes(to)).map(({ from }) => from);
    const fresh = before.filter((each) => !found.includes(each) && each !== address);
    found.push(...fresh);
    search = fresh;
  }
  return found.map((each) => each.slice(each.indexOf(".") + 1));
}

function terraformAddress(address: string, config: Config): string {
  const dot = address.indexOf(".");
  const { type, section } = kinds[address.slice(0, dot) as keyof typeof kinds];
  return `${type}.${terraformName(config[section] ?? {}, address.slice(dot + 1))}`;
}
