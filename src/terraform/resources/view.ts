import { deflateRawSync, inflateRawSync } from "node:zlib";
import { SnapformError } from "../../errors/index.ts";
import type { State } from "../../ledger/state.ts";
import type { Inventory } from "../../snapshot/inventory.ts";
import { openRecent } from "../schema/recent.ts";
import type { Private } from "../server/definition.ts";
import { isTree } from "../wire/value.ts";

/**
 * What a resource has seen of the world: all that planning it again needs, and no more. It is what
 * Terraform keeps beside the resource, so that a plan is a pure function of it.
 */
export interface View {
  /** The instant of the look; a plan that is made of it is made for this instant. */
  readonly at: string;
  readonly inventory: Inventory;
  readonly state: State;
  /** What was looked for; a resource that wants to know of something else needs another look. */
  readonly scope: ViewScope;
}

export interface ViewScope {
  /** In order. */
  readonly clusters: readonly string[];
  /** True when the collections of the clusters are all there, whoever has to do with them. */
  readonly isWhole: boolean;
  /** What the configuration says about where to look, as text that can be compared. */
  readonly wanted: string;
}

/** So much of it, packed and as text, Terraform can keep for each resource without harm. */
export const MOST_CHARACTERS = 8_000_000;

/** Packs a value into text: what repeats itself in it costs next to nothing. */
export function pack(value: unknown): string {
  return deflateRawSync(JSON.stringify(value)).toString("base64");
}

/** @throws SnapformError `corrupt` where it is not what `pack` made */
export function unpack(text: string): unknown {
  try {
    return JSON.parse(inflateRawSync(Buffer.from(text, "base64")).toString());
  } catch (cause) {
    const message = "what the provider keeps beside the resource cannot be read";
    throw new SnapformError("corrupt", message, { cause, hint: "Refresh it: `terraform plan`." });
  }
}

/** By their text: what a refresh has just written is read by the plan that follows. */
const views = openRecent<View>();

/** @throws SnapformError `resource-exhausted` for more than Terraform can keep */
export function formatView(view: View): string {
  const text = pack(view);
  if (text.length <= MOST_CHARACTERS) {
    views.of(text, () => view);
    return text;
  }
  const count = view.inventory.snapshots.length;
  const message = `its ${count} snapshots are more than one resource of Terraform can hold`;
  throw new SnapformError("resource-exhausted", message, {
    hint: "Declare several policies with fewer collections each, or keep fewer snapshots.",
  });
}

const VERSION = 1;

/** What Terraform keeps beside a resource, as far as this version understands it. */
export interface Kept {
  readonly view: string | null;
  /** Of a planned change: the packed plan. */
  readonly plan: string | null;
  /** Of a planned replacement: the object is to be made anew, whatever there is already. */
  readonly isReplacement: boolean;
}

export const NOTHING_KEPT: Kept = Object.freeze({ view: null, plan: null, isReplacement: false });

export function formatKept(kept: Partial<Kept>): Private {
  return { version: VERSION, ...NOTHING_KEPT, ...kept };
}

/** What another version of the provider wrote is passed over: the next refresh writes it anew. */
export function parseKept(kept: Private): Kept {
  if (!isTree(kept) || kept["version"] !== VERSION) return NOTHING_KEPT;
  const { view, plan, isReplacement } = kept as unknown as Kept;
  return {
    view: typeof view === "string" ? view : null,
    plan: typeof plan === "string" ? plan : null,
    isReplacement: isReplacement === true,
  };
}

export function viewOf({ view }: Kept): View | null {
  return view === null ? null : views.of(view, () => unpack(view) as View);
}
