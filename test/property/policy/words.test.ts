import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatDuration,
  formatSpan,
  parseDuration,
  parseSpan,
} from "../../../src/clock/duration.ts";
import { parseInstant } from "../../../src/clock/instant.ts";
import { formatInZone, instantFromLocal, zonedFields } from "../../../src/clock/zone.ts";
import { matchCollections } from "../../../src/policy/match.ts";
import { instants, zones } from "./arbitraries.ts";
import { intlFields } from "./naive-retention.ts";
import { seed } from "./seed.ts";

const settings = { seed, numRuns: 1_000 };

describe("local time", () => {
  it("is what Intl says", () => {
    fc.assert(
      fc.property(instants, zones, (at, zone) => {
        const { year, month, day, hour, minute, second } = zonedFields(at.getTime(), zone);
        expect([year, month, day, hour, minute, second]).toEqual(intlFields(at, zone));
      }),
      settings,
    );
  });

  it("leads back to the instant, or to the first of two that read the same", () => {
    fc.assert(
      fc.property(instants, zones, (at, zone) => {
        const fields = zonedFields(at.getTime(), zone);
        const back = instantFromLocal(fields, zone);
        expect(back).toBeLessThanOrEqual(at.getTime());
        expect(zonedFields(back, zone)).toEqual({
          ...fields,
          offsetMs: fields.offsetMs + at.getTime() - back,
        });
      }),
      settings,
    );
  });

  it("as text names the instant", () => {
    fc.assert(
      fc.property(instants, zones, (at, zone) => {
        expect(parseInstant(formatInZone(at, zone))).toEqual(at);
      }),
      settings,
    );
  });
});

describe("lengths of time", () => {
  it("are written and read back", () => {
    const part = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
    const durations = fc
      .record({ years: part(9_999), months: part(999_999), days: part(99), hours: part(99) })
      .filter(({ years, months, days, hours }) => years + months + days + hours > 0);
    fc.assert(
      fc.property(durations, (duration) => {
        expect(parseDuration(formatDuration(duration))).toEqual(duration);
      }),
      settings,
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 36 }), (spanMs) => {
        expect(parseSpan(formatSpan(spanMs))).toBe(spanMs);
      }),
      settings,
    );
  });
});

describe("collection patterns", () => {
  const text = (alphabet: string): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom(...alphabet.split("")), maxLength: 10 });

  it("match what the regular expression for one glob matches", () => {
    fc.assert(
      fc.property(text("ab*?"), fc.array(text("abc")), (glob, names) => {
        const body = glob.replaceAll("*", ".*").replaceAll("?", ".");
        const expression = new RegExp(`^${body}$`);
        const expected = [...new Set(names.filter((name) => expression.test(name)))].sort();
        expect(matchCollections([glob], names)).toEqual(expected);
      }),
      settings,
    );
  });

  it("and their negation part the names between them", () => {
    fc.assert(
      fc.property(text("ab*?"), fc.uniqueArray(text("abc")), (glob, names) => {
        const both = [...matchCollections([glob], names), ...matchCollections([`!${glob}`], names)];
        expect(both.sort()).toEqual([...names].sort());
      }),
      settings,
    );
  });
});
