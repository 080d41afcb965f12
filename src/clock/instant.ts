/** Instants as text: RFC 3339 date-times to Date. */

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Reads an RFC 3339 date-time such as `2026-11-21T04:00:00+01:00` or `2026-11-21T03:00:00.5Z`.
 * The offset is required, days must exist in their month, and digits beyond milliseconds are cut.
 * Leap seconds (`:60`) are refused, as Go's `time.Parse` does.
 *
 * @throws RangeError that says what was expected
 */
export function parseInstant(text: string): Date {
  const match = pattern.exec(text);
  if (match === null) throw invalidInstant(text);
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] =
    match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const rolledOver = date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day);
  const outOfRange =
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 59 ||
    Number(offsetHour ?? 0) > 23 ||
    Number(offsetMinute ?? 0) > 59;
  if (rolledOver || outOfRange) throw invalidInstant(text);
  const offsetMinutes = Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0);
  date.setUTCHours(
    Number(hour),
    Number(minute) + (sign === "-" ? offsetMinutes : -offsetMinutes),
    Number(second),
    Number((fraction ?? "").slice(0, 3).padEnd(3, "0")),
  );
  return date;
}

function invalidInstant(text: string): RangeError {
  return new RangeError(
    `invalid time ${JSON.stringify(text)}: expected RFC 3339 with an offset, ` +
      `such as "2026-11-21T04:00:00Z"`,
  );
}
