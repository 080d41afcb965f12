import { describe, expect, it } from "vitest";
import {
  formatInZone,
  instantFromLocal,
  isTimezone,
  nextOffsetChange,
  zonedFields,
} from "../../../src/clock/zone.ts";

const hourMs = 3_600_000;
const at = (text: string): number => new Date(text).getTime();
const inZone = (text: string, zone: string): string => formatInZone(new Date(text), zone);

describe("isTimezone", () => {
  it.each(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"])(
    "knows %s",
    (name) => expect(isTimezone(name)).toBe(true),
  );

  it.each(["", "Europe/Nowhere", "+01:00", "-05", "local", "GMT+1", "Europe/Berlin "])(
    "does not know %j",
    (name) => expect(isTimezone(name)).toBe(false),
  );
});

describe("formatInZone", () => {
  it.each([
    ["2026-11-21T03:00:00Z", "Europe/Berlin", "2026-11-21T04:00:00+01:00"],
    ["2026-11-21T03:00:00Z", "UTC", "2026-11-21T03:00:00Z"],
    ["2026-11-21T03:00:00Z", "Europe/London", "2026-11-21T03:00:00+00:00"],
    ["2026-11-21T03:00:00.120Z", "America/New_York", "2026-11-20T22:00:00.120-05:00"],
    ["2026-11-21T03:00:00Z", "Asia/Kathmandu", "2026-11-21T08:45:00+05:45"],
    ["2026-11-21T03:00:00Z", "Pacific/Marquesas", "2026-11-20T17:30:00-09:30"],
    ["2026-01-21T03:00:00Z", "Australia/Lord_Howe", "2026-01-21T14:00:00+11:00"],
    ["2026-07-21T03:00:00Z", "Australia/Lord_Howe", "2026-07-21T13:30:00+10:30"],
    ["2011-12-30T09:59:59Z", "Pacific/Apia", "2011-12-29T23:59:59-10:00"],
    ["2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31T00:00:00+14:00"],
  ])("writes %s in %s as %s", (text, zone, expected) => {
    expect(inZone(text, zone)).toBe(expected);
  });

  it("keeps the instant exact where the offset had seconds", () => {
    const text = inZone("1850-06-01T12:00:00Z", "Europe/Berlin");
    expect(new Date(text).toISOString()).toBe("1850-06-01T12:00:00.000Z");
    expect(text).toMatch(/\+00:53$/);
  });

  it("refuses an invalid date and an unknown zone", () => {
    expect(() => formatInZone(new Date(NaN), "UTC")).toThrow(RangeError);
    expect(() => inZone("2026-01-01T00:00:00Z", "Mars/Olympus")).toThrow(/Mars\/Olympus/);
  });
});

describe("UTC", () => {
  it("is at every instant what the runtime's own zone of another name is", () => {
    for (const atMs of [
      -8.64e15,
      at("1850-06-01T12:00:00Z"),
      0,
      at("2026-11-21T03:00:00Z"),
      8.64e15,
    ]) {
      expect(zonedFields(atMs, "UTC")).toEqual(zonedFields(atMs, "Etc/UTC"));
    }
  });

  it("has no instants beyond those of a date", () => {
    expect(() => zonedFields(NaN, "UTC")).toThrow(/invalid time/);
    expect(() => zonedFields(8.66e15, "UTC")).toThrow(/invalid time/);
    expect(() => zonedFields(-8.66e15, "UTC")).toThrow(/invalid time/);
  });
});

describe("zonedFields", () => {
  it("reads the calendar and the clock on the wall", () => {
    expect(zonedFields(at("2026-11-20T23:30:15.250Z"), "Europe/Berlin")).toEqual({
      year: 2026,
      month: 11,
      day: 21,
      hour: 0,
      minute: 30,
      second: 15,
      millisecond: 250,
      weekday: 6,
      isoYear: 2026,
      isoWeek: 47,
      offsetMs: hourMs,
    });
  });

  it.each([
    ["2024-12-29", 2024, 52, 7],
    ["2024-12-30", 2025, 1, 1],
    ["2021-01-03", 2020, 53, 7],
    ["2021-01-04", 2021, 1, 1],
    ["2026-12-31", 2026, 53, 4],
    ["2027-01-03", 2026, 53, 7],
    ["1969-12-28", 1969, 52, 7],
    ["1969-12-29", 1970, 1, 1],
  ])("puts %s in ISO week %d-%d, day %d", (day, isoYear, isoWeek, weekday) => {
    const fields = zonedFields(at(`${day}T12:00:00Z`), "UTC");
    expect(fields).toMatchObject({ isoYear, isoWeek, weekday });
  });

  it.each([
    ["America/New_York", "2026-03-08T07:00:00Z"],
    ["America/New_York", "2026-11-01T06:00:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
    ["Pacific/Apia", "2011-12-30T10:00:00Z"],
    ["Africa/Cairo", "2026-04-23T22:00:00Z"],
    ["Antarctica/Troll", "2026-03-29T01:00:00Z"],
    ["America/St_Johns", "2006-04-02T03:31:00Z"],
  ])("agrees with Intl on every second around the change of %s at %s", (zone, change) => {
    const format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "medium",
    });
    for (let second = -120; second <= 120; second += 1) {
      const instantMs = at(change) + second * 1_000;
      const expected = format.format(instantMs).replace(" ", "T");
      expect(inZone(new Date(instantMs).toISOString(), zone).slice(0, 19)).toBe(expected);
    }
  });
});

describe("instantFromLocal", () => {
  const local = (zone: string, ...fields: [number, number, number, number, number]): string => {
    const [year, month, day, hour, minute] = fields;
    return new Date(instantFromLocal({ year, month, day, hour, minute }, zone)).toISOString();
  };

  it("takes a time that is skipped forward by the gap", () => {
    expect(local("America/New_York", 2026, 3, 8, 2, 30)).toBe("2026-03-08T07:30:00.000Z");
    expect(local("Australia/Lord_Howe", 2026, 10, 4, 2, 15)).toBe("2026-10-03T15:45:00.000Z");
    expect(local("Pacific/Apia", 2011, 12, 30, 12, 0)).toBe("2011-12-30T22:00:00.000Z");
  });

  it("takes the first of a time that occurs twice", () => {
    expect(local("America/New_York", 2026, 11, 1, 1, 30)).toBe("2026-11-01T05:30:00.000Z");
    expect(local("Australia/Lord_Howe", 2026, 4, 5, 1, 45)).toBe("2026-04-04T14:45:00.000Z");
  });

  it("rolls fields that are out of range over", () => {
    expect(local("UTC", 2026, 13, 1, 0, 0)).toBe("2027-01-01T00:00:00.000Z");
    expect(local("UTC", 2026, 2, 30, 0, 0)).toBe("2026-03-02T00:00:00.000Z");
  });

  it("refuses what is outside the calendar", () => {
    expect(() => instantFromLocal({ year: NaN, month: 1, day: 1 }, "UTC")).toThrow(RangeError);
    expect(() => instantFromLocal({ year: 300_000, month: 1, day: 1 }, "UTC")).toThrow(RangeError);
  });
});

describe("nextOffsetChange", () => {
  const yearMs = 366 * 24 * hourMs;

  it("finds the next change, strictly after the instant", () => {
    const first = nextOffsetChange(at("2026-01-01T00:00:00Z"), "Europe/Berlin", yearMs);
    expect(first).toEqual({
      atMs: at("2026-03-29T01:00:00Z"),
      offsetBeforeMs: hourMs,
      offsetAfterMs: 2 * hourMs,
    });
    const second = nextOffsetChange(first?.atMs ?? NaN, "Europe/Berlin", yearMs);
    expect(second?.atMs).toBe(at("2026-10-25T01:00:00Z"));
  });

  it("finds none where the clock never changes, or not soon enough", () => {
    expect(nextOffsetChange(at("2026-01-01T00:00:00Z"), "UTC", yearMs)).toBeNull();
    expect(nextOffsetChange(at("2026-01-01T00:00:00Z"), "Europe/Berlin", hourMs)).toBeNull();
  });
});
