const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A size in SI units, one digit after the point from kB on: `512 B`, `12.3 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999,950 would round to 1000.0 kB.
  while (value >= (unit === 0 ? 1_000 : 999.95) && unit < byteUnits.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${byteUnits[unit]}`;
}

/** A whole number with separators of thousands: `20,000`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 snapshot`, `2 snapshots`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

const steps: readonly (readonly [number, string])[] = [
  [365 * 86_400_000, "y"],
  [30 * 86_400_000, "mo"],
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
];

/** A length of time in its largest unit: `3 h`; under a second `0 s`. */
function formatLength(ms: number): string {
  const [unitMs, unit] = steps.find(([size]) => ms >= size) ?? [1_000, "s"];
  return `${Math.floor(ms / unitMs)} ${unit}`;
}

/** How long ago, or in how long: `3 h ago`, `in 2 d`, `now`. */
export function formatAge(at: string, now: Date): string {
  const ms = now.getTime() - Date.parse(at);
  if (Math.abs(ms) < 1_000) return "now";
  return ms > 0 ? `${formatLength(ms)} ago` : `in ${formatLength(-ms)}`;
}

/** How long something took: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatElapsed(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
