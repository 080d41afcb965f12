import { deflateRawSync, inflateRawSync } from "node:zlib";
import { SnapformError } from "../../errors/index.ts";
import type { State } from "../../ledger/state.ts";
import type { Inventory } from "../../snapshot/inventory.ts";
import { openRecent } from "../schema/recent.ts";
import type { Private } from "../server/definition.ts";
import { USUAL_TEXT } from "./usual-view.ts";

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

const dictionary = Buffer.from(USUAL_TEXT);

/** For a few thousand bytes the tables of a larger window cost more than packing does. */
const PACKING = { dictionary, windowBits: 13, memLevel: 5, chunkSize: 2048 } as const;

/** Packs a value into few bytes: what repeats itself in it, or is usual, costs next to nothing. */
export function pack(value: unknown): Uint8Array {
  return deflateRawSync(JSON.stringify(value), PACKING);
}

/** @throws SnapformError `corrupt` where it is not what `pack` made */
export function unpack(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(inflateRawSync(bytes, { dictionary }).toString());
  } catch (cause) {
    const message = "what the provider keeps beside the resource cannot be read";
    throw new SnapformError("corrupt", message, { cause, hint: "Refresh it: `terraform plan`." });
  }
}

/** So much of it, packed, Terraform can keep for each resource without harm. */
const MOST_BYTES = 6_000_000;

/** By their bytes: what a refresh has just written is read by the plan that follows. */
const views = openRecent<View>();

/** @throws SnapformError `resource-exhausted` for more than Terraform can keep */
export function formatView(view: View): Uint8Array {
  const bytes = pack(view);
  if (bytes.length <= MOST_BYTES) {
    views.of(keyOf(bytes), () => view);
    return bytes;
  }
  const count = view.inventory.snapshots.length;
  const message = `its ${count} snapshots are more than one resource of Terraform can hold`;
  throw new SnapformError("resource-exhausted", message, {
    hint: "Declare several policies with fewer collections each, or keep fewer snapshots.",
  });
}

/** What Terraform keeps beside a resource, as far as this version understands it. */
export interface Kept {
  /** Packed. */
  readonly view: Uint8Array | null;
  /** Of a planned change: the packed plan. */
  readonly plan: Uint8Array | null;
  /** Of a planned creation: an object that is destroyed with this beside it is replaced. */
  readonly isCreation: boolean;
}

export const NOTHING_KEPT: Kept = Object.freeze({ view: null, plan: null, isCreation: false });

/** Of this form and of what `pack` makes. 1 was JSON. */
const VERSION = 2;

/** The version, `isCreation`, and how many bytes of the view come before those of the plan. */
const HEAD_BYTES = 6;

/** Nothing packed is empty, so that what is not there needs no sign of its own. */
const NO_BYTES = new Uint8Array();

export function formatKept(kept: Partial<Kept>): Private {
  const { view, plan, isCreation } = { ...NOTHING_KEPT, ...kept };
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(VERSION, 0);
  head.writeUInt8(isCreation ? 1 : 0, 1);
  head.writeUInt32BE(view?.length ?? 0, 2);
  return Buffer.concat([head, view ?? NO_BYTES, plan ?? NO_BYTES]);
}

/** What another version of the provider wrote is passed over: the next refresh writes it anew. */
export function parseKept(kept: Private): Kept {
  if (!(kept instanceof Uint8Array) || kept[0] !== VERSION || kept.length < HEAD_BYTES) {
    return NOTHING_KEPT;
  }
  const { buffer, byteOffset, byteLength } = kept;
  const planStart = HEAD_BYTES + new DataView(buffer, byteOffset, byteLength).getUint32(2);
  const part = (start: number, end?: number): Uint8Array | null => {
    const bytes = kept.subarray(start, end);
    return bytes.length === 0 ? null : bytes;
  };
  const isCreation = kept[1] === 1;
  return { view: part(HEAD_BYTES, planStart), plan: part(planStart), isCreation };
}

export function viewOf({ view }: Kept): View | null {
  return view === null ? null : views.of(keyOf(view), () => unpack(view) as View);
}

function keyOf(bytes: Uint8Array): string {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes);
  return buffer.toString("latin1");
}
