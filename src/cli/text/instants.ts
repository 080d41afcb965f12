import { resourceOf } from "../../address/address.ts";
import { formatInZone } from "../../clock/zone.ts";
import type { Desired } from "../../desired/desired.ts";

/** An instant as people read it: `2026-11-21 04:00:00+01:00`; text that is none stays. */
export function formatAt(at: string, zone = "UTC"): string {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return at;
  const whole = new Date(Math.floor(ms / 1_000) * 1_000);
  return formatInZone(whole, zone).replace("T", " ");
}

/** Instants in RFC 3339 inside a text, e.g. a reason, written as `formatAt` writes them. */
export function formatAtsWithin(text: string, zone: string): string {
  const pattern = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;
  return text.replace(pattern, (at) => formatAt(at, zone));
}

/** In which zone to show the instants of what. */
export interface Zones {
  /** The zone of a resource: its policy's, else the common one. */
  of(address: string | null): string;
  /** The one zone of all policies, or UTC where they differ. */
  readonly common: string;
}

/** The zones that a configuration's schedules are read in. */
export function zonesOf(desired: Desired): Zones {
  const zones = new Map<string, string>();
  for (const { name, schedule } of desired.policies) zones.set(`policy.${name}`, schedule.timezone);
  for (const { name, from } of desired.restores) {
    const zone = from.kind === "policy" ? zones.get(`policy.${from.policy}`) : undefined;
    if (zone !== undefined) zones.set(`restore.${name}`, zone);
  }
  const different = new Set(zones.values());
  const common = different.size === 1 ? ([...different][0] ?? "UTC") : "UTC";
  return Object.freeze({
    of: (address: string | null) =>
      (address === null ? undefined : zones.get(resourceOf(address))) ?? common,
    common,
  });
}
