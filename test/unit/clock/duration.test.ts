import { describe, expect, it } from "vitest";
import {
  addDuration,
  formatDuration,
  formatSpan,
  parseDuration,
  parseSpan,
  subtractDuration,
} from "../../../src/clock/duration.ts";

const earlier = (at: string, duration: string, zone = "UTC"): string =>
  subtractDuration(new Date(at), parseDuration(duration), zone).toISOString();
const later = (at: string, duration: string, zone = "UTC"): string =>
  addDuration(new Date(at), parseDuration(duration), zone).toISOString();

describe("a calendar duration", () => {
  it("reads years, months, days and hours", () => {
    expect(parseDuration("1y2m3d4h")).toEqual({ years: 1, months: 2, days: 3, hours: 4 });
    expect(parseDuration("14d")).toEqual({ years: 0, months: 0, days: 14, hours: 0 });
    expect(Object.isFrozen(parseDuration("14d"))).toBe(true);
  });

  it.each(["1y2m3d4h", "14d", "87600h", "2y", "6m", "1y1h", "9999y999999m999999d999999h"])(
    "is written as it was read: %s",
    (text) => expect(formatDuration(parseDuration(text))).toBe(text),
  );

  it.each([
    "",
    "0d",
    "0y0m0d0h",
    "1w",
    "2d1y",
    "1d1d",
    "-1d",
    "+1d",
    "1.5d",
    "1 d",
    " 1d",
    "1d\n",
    "d",
    "14",
    "14D",
    "01d",
    "1y0m",
    "1000000d",
    "10000y",
    "1d2",
  ])("refuses %j and says what it expects", (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
    expect(() => parseDuration(text)).toThrow(/expected years, months, days and hours/);
  });

  it("is written as 0h when it has no length", () => {
    expect(formatDuration({ years: 0, months: 0, days: 0, hours: 0 })).toBe("0h");
  });

  it.each([
    ["2026-03-31T12:00:00Z", "1m", "2026-03-03T12:00:00.000Z"],
    ["2024-02-29T12:00:00Z", "1y", "2023-03-01T12:00:00.000Z"],
    ["2026-05-31T12:00:00Z", "3m", "2026-03-03T12:00:00.000Z"],
    ["2026-01-15T12:00:00Z", "1m", "2025-12-15T12:00:00.000Z"],
    ["2026-11-21T03:00:00Z", "1y2m3d4h", "2025-09-17T23:00:00.000Z"],
    ["0099-06-01T00:00:00Z", "1y", "0098-06-01T00:00:00.000Z"],
  ])("rolls forward as Go's AddDate does: %s less %s is %s", (at, duration, expected) => {
    expect(earlier(at, duration)).toBe(expected);
  });

  it("rolls forward when it is added, too", () => {
    expect(later("2026-01-31T12:00:00Z", "1m")).toBe("2026-03-03T12:00:00.000Z");
    expect(later("2024-02-29T12:00:00Z", "1y")).toBe("2025-03-01T12:00:00.000Z");
  });

  it("keeps the local time over a clock change, where hours are absolute", () => {
    expect(earlier("2026-03-29T10:00:00Z", "1d", "Europe/Berlin")).toBe("2026-03-28T11:00:00.000Z");
    expect(earlier("2026-03-29T10:00:00Z", "24h", "Europe/Berlin")).toBe(
      "2026-03-28T10:00:00.000Z",
    );
  });

  it("takes hours off after the date", () => {
    expect(earlier("2026-03-31T01:00:00Z", "1m2h")).toBe("2026-03-02T23:00:00.000Z");
  });

  it("moves a local time that was skipped forward by the gap", () => {
    expect(later("2026-03-28T01:30:00Z", "1d", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
    expect(later("2011-12-29T22:00:00Z", "1d", "Pacific/Apia")).toBe("2011-12-30T22:00:00.000Z");
  });

  it("counts hours from the very instant, also in the second pass of a repeated hour", () => {
    expect(earlier("2026-10-25T01:30:00Z", "1h", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
  });

  it("refuses a result that no Date can hold", () => {
    expect(() => later("9999-01-01T00:00:00Z", "9999y999999m999999d999999h")).not.toThrow();
    expect(() => addDuration(new Date(8.64e15), parseDuration("9999y"), "UTC")).toThrow(RangeError);
    expect(() => addDuration(new Date(8.64e15), parseDuration("1h"), "UTC")).toThrow(RangeError);
    expect(() => addDuration(new Date(NaN), parseDuration("1h"), "UTC")).toThrow(RangeError);
    expect(() => earlier("2026-01-01T00:00:00Z", "1d", "Mars/Olympus")).toThrow(/Mars\/Olympus/);
  });
});

describe("a span", () => {
  it.each([
    ["0", 0],
    ["500ms", 500],
    ["30s", 30_000],
    ["10m", 600_000],
    ["6h", 21_600_000],
    ["7d", 604_800_000],
  ])("reads %s as %d ms and writes it back", (text, ms) => {
    expect(parseSpan(text)).toBe(ms);
    expect(formatSpan(ms)).toBe(text);
  });

  it("is written in the largest unit that divides it", () => {
    expect(formatSpan(90_000)).toBe("90s");
    expect(formatSpan(172_800_000)).toBe("2d");
    expect(formatSpan(1_001)).toBe("1001ms");
  });

  it.each(["", "5", "1w", "1y", "-1s", "1.5h", "1h30m", "01s", "1 s", "1S", "999999999999d"])(
    "refuses %j and says what it expects",
    (text) => expect(() => parseSpan(text)).toThrow(/expected a whole number and one of ms/),
  );

  it.each([-1, 0.5, NaN, Infinity])("refuses to write %d", (ms) => {
    expect(() => formatSpan(ms)).toThrow(RangeError);
  });
});
