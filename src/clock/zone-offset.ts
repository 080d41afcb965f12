/**
 * Offsets of IANA time zones from UTC, fast enough to ask once per snapshot.
 *
 * Asking Intl costs microseconds, so each zone keeps a table that is filled lazily, a chunk of 512
 * days at a time. A chunk is read every four days; where two neighbours differ, the change between
 * them is found by bisection, down to the second. Two changes within four days that cancel each
 * other out would be missed; the time zone database has none since 1970.
 */

/** A stretch of time, start included and end excluded, in which a zone keeps one offset. */
export interface OffsetSpan {
  readonly startMs: number;
  readonly endMs: number;
  /** Local time minus UTC, in milliseconds: +3,600,000 for Berlin in winter. */
  readonly offsetMs: number;
}

interface OffsetTable {
  readonly read: (instantMs: number) => number;
  readonly chunks: Map<number, readonly OffsetSpan[]>;
  last: OffsetSpan;
}

const secondMs = 1_000;
const stepMs = 4 * 86_400_000;
const chunkMs = 128 * stepMs;
const earliestMs = Date.UTC(1800, 0, 1);
const latestMs = Date.UTC(9999, 0, 1);
/** A little more than a Date can hold, for those who look a day to either side. */
const farthestMs = 8.65e15;
const tables = new Map<string, OffsetTable>([["UTC", utcTable()]]);
let listed: ReadonlySet<string> | null = null;

/**
 * Whether `name` is an IANA time zone that this runtime knows, such as `Europe/Berlin` or `UTC`.
 * Bare offsets such as `+01:00` are not: they name no place and know no summer time.
 */
export function isTimezone(name: string): boolean {
  if (typeof name !== "string") return false;
  if (tables.has(name)) return true;
  // The list costs a tenth of the first formatter, but lacks other names for the same zone.
  listed ??= new Set(Intl.supportedValuesOf("timeZone"));
  return listed.has(name) || tableOf(name) !== null;
}

/**
 * The stretch of constant offset around an instant. It may end where the real one goes on, so
 * compare offsets before calling its end a change.
 *
 * @throws RangeError when the zone is unknown or the instant is not a number
 */
export function offsetSpanAt(instantMs: number, zone: string): OffsetSpan {
  const table = tableOf(zone);
  if (table === null) {
    throw new RangeError(
      `unknown time zone ${JSON.stringify(zone)}: expected an IANA name such as "Europe/Berlin"`,
    );
  }
  const last = table.last;
  if (instantMs >= last.startMs && instantMs < last.endMs) return last;
  if (!(Math.abs(instantMs) <= farthestMs)) throw new RangeError(`invalid time: ${instantMs}`);
  const found = spansOf(table, Math.floor(instantMs / chunkMs)).find((s) => instantMs < s.endMs);
  if (found === undefined) throw new RangeError(`invalid time: ${instantMs}`);
  table.last = found;
  return found;
}

/** Local time minus UTC at an instant, in milliseconds. Throws as {@link offsetSpanAt} does. */
export function offsetMsAt(instantMs: number, zone: string): number {
  return offsetSpanAt(instantMs, zone).offsetMs;
}

/** Needs no rules: where every zone is UTC, nothing pays for loading those of the runtime. */
function utcTable(): OffsetTable {
  const always = { startMs: -farthestMs, endMs: farthestMs + 1, offsetMs: 0 };
  return { read: () => 0, chunks: new Map(), last: always };
}

function tableOf(zone: string): OffsetTable | null {
  const known = tables.get(zone);
  if (known !== undefined) return known;
  if (!/^[A-Za-z]/.test(zone)) return null;
  const read = offsetReader(zone);
  if (read === null) return null;
  const table = { read, chunks: new Map(), last: { startMs: 0, endMs: 0, offsetMs: 0 } };
  tables.set(zone, table);
  return table;
}

function offsetReader(zone: string): ((instantMs: number) => number) | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  return (instantMs) => {
    // Outside these years there are no rules to read and Intl would add eras to the text.
    const wholeMs = Math.min(Math.max(instantMs, earliestMs), latestMs);
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] =
      format.format(wholeMs).match(/\d+/g)?.map(Number) ?? [];
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs;
  };
}

function spansOf(table: OffsetTable, chunk: number): readonly OffsetSpan[] {
  const known = table.chunks.get(chunk);
  if (known !== undefined) return known;
  const startMs = chunk * chunkMs;
  const spans: OffsetSpan[] = [];
  let offsetMs = table.read(startMs);
  for (let atMs = startMs; atMs < startMs + chunkMs; atMs += stepMs) {
    const nextOffsetMs = table.read(atMs + stepMs);
    fillSpans(table, spans, { startMs: atMs, endMs: atMs + stepMs, offsetMs }, nextOffsetMs);
    offsetMs = nextOffsetMs;
  }
  table.chunks.set(chunk, spans);
  return spans;
}

function fillSpans(
  table: OffsetTable,
  spans: OffsetSpan[],
  stretch: OffsetSpan,
  nextOffsetMs: number,
): void {
  const { startMs, endMs, offsetMs } = stretch;
  if (offsetMs === nextOffsetMs || endMs - startMs <= secondMs) {
    const previous = spans.at(-1);
    if (previous?.offsetMs === offsetMs) spans[spans.length - 1] = { ...previous, endMs };
    else spans.push(stretch);
    return;
  }
  const middleMs = Math.floor((startMs + endMs) / 2 / secondMs) * secondMs;
  const middleOffsetMs = table.read(middleMs);
  fillSpans(table, spans, { startMs, endMs: middleMs, offsetMs }, middleOffsetMs);
  const rest = { startMs: middleMs, endMs, offsetMs: middleOffsetMs };
  fillSpans(table, spans, rest, nextOffsetMs);
}
