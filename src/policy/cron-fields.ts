/**
 * The five fields of a cron expression: their grammar, and messages that say what to write
 * instead. The grammar is what every cron shares: `*`, numbers, names of months and days, ranges,
 * steps and lists. Extensions that only some of them know are refused.
 */

/** One field, with every value that it stands for. */
export interface CronField {
  readonly text: string;
  /** Whether the field is a bare `*`; `1-31` is not. */
  readonly isStar: boolean;
  readonly values: ReadonlySet<number>;
}

/** The five fields. Months are 1 to 12, days of the week 0 (Sunday) to 6. */
export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  readonly dayOfWeek: CronField;
}

interface FieldRule {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
  /** The value of the first name. */
  readonly firstName: number;
}

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const fieldRules: readonly FieldRule[] = [
  { label: "minute", min: 0, max: 59, names: [], firstName: 0 },
  { label: "hour", min: 0, max: 23, names: [], firstName: 0 },
  { label: "day of month", min: 1, max: 31, names: [], firstName: 0 },
  { label: "month", min: 1, max: 12, names: months, firstName: 1 },
  { label: "day of week", min: 0, max: 7, names: days, firstName: 0 },
];
const nicknames: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
/** Last day, weekday nearest to a date, last or nth weekday of a month: `L`, `15W`, `FRI#2`. */
const extension = /^(?:LW?|\d{1,2}[LW]|(?:\d|[A-Z]{3})(?:L|#[\dL]))$/i;
const order = "minute, hour, day of month, month, day of week";

/**
 * Reads a cron expression of five fields.
 *
 * @returns the fields, or null and what is wrong, one message per problem
 */
export function readCronFields(cron: string): {
  readonly fields: CronFields | null;
  readonly problems: readonly string[];
} {
  const texts = splitCronFields(cron);
  const shape = shapeProblem(texts);
  if (shape !== null) return { fields: null, problems: [shape] };
  const problems: string[] = [];
  const read = fieldRules.map((rule, index) => {
    try {
      return readField(rule, texts[index] ?? "");
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(`${rule.label} ${JSON.stringify(texts[index])}: ${error.message}`);
      return null;
    }
  });
  const [minute, hour, dayOfMonth, month, dayOfWeek] = read;
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek) return { fields: null, problems };
  return { fields: { minute, hour, dayOfMonth, month, dayOfWeek }, problems };
}

/** The fields as they are written, whatever the white space between them. */
export function splitCronFields(cron: string): readonly string[] {
  return cron.split(/\s+/).filter((text) => text !== "");
}

function shapeProblem(texts: readonly string[]): string | null {
  const [first] = texts;
  if (first === undefined) return `empty; expected five fields: ${order}`;
  if (first.startsWith("@")) {
    const meant = Object.hasOwn(nicknames, first.toLowerCase())
      ? `write "${nicknames[first.toLowerCase()]}" instead`
      : `write the five fields instead: ${order}`;
    return `nicknames such as ${JSON.stringify(first)} are not supported; ${meant}`;
  }
  if (texts.length === 5) return null;
  const hint = texts.length > 5 ? "; seconds and years are not supported" : "";
  return `expected five fields (${order}), got ${texts.length}${hint}`;
}

function readField(rule: FieldRule, text: string): CronField {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    for (const value of readItem(rule, item)) {
      values.add(rule.label === "day of week" && value === 7 ? 0 : value);
    }
  }
  return Object.freeze({ text, isStar: text === "*", values });
}

function readItem(rule: FieldRule, item: string): number[] {
  const [range = "", stepText, ...more] = item.split("/");
  const [fromText = "", toText, ...moreRange] = range.split("-");
  if (more.length > 0 || moreRange.length > 0) throw malformed(rule, item);
  const isStar = range === "*";
  const from = isStar ? rule.min : readValue(rule, fromText, false);
  const last = rule.label === "day of week" ? 6 : rule.max;
  const to = isStar ? last : toText === undefined ? from : readValue(rule, toText, true);
  if (from > to) {
    throw new RangeError(`the range ${range} runs backwards; write two ranges with a comma`);
  }
  const step = stepText === undefined ? 1 : readStep(rule, item, stepText);
  if (stepText !== undefined && !isStar && toText === undefined) {
    throw new RangeError(`a step needs a range; write ${from % (last + 1)}-${last}/${stepText}`);
  }
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
}

function readValue(rule: FieldRule, text: string, isRangeEnd: boolean): number {
  const named = rule.names.indexOf(text.toUpperCase());
  // Sunday ends a week as well as it starts one: FRI-SUN.
  if (named >= 0) return named === 0 && isRangeEnd && rule.max === 7 ? 7 : named + rule.firstName;
  if (!/^\d{1,2}$/.test(text)) throw malformed(rule, text);
  const value = Number(text);
  if (value < rule.min || value > rule.max) {
    throw new RangeError(`${value} is outside ${rule.min} to ${rule.max}`);
  }
  return value;
}

function readStep(rule: FieldRule, item: string, text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw malformed(rule, item);
  const size = rule.label === "day of week" ? 7 : rule.max - rule.min + 1;
  const step = Number(text);
  if (step < 1 || step > size) {
    throw new RangeError(`the step ${step} is outside 1 to ${size}`);
  }
  return step;
}

function malformed(rule: FieldRule, text: string): RangeError {
  if (text === "?") return new RangeError(`"?" is not supported; write "*"`);
  if (text.startsWith("+")) {
    return new RangeError(`"+" is not supported; set dayMatch: all to require both days`);
  }
  if (rule.label.startsWith("day") && extension.test(text)) {
    return new RangeError(
      `L, W and # are extensions that cron implementations read differently; ` +
        `${JSON.stringify(text)} is not supported, write plain days`,
    );
  }
  const names = rule.names.length > 0 ? ` or names such as ${rule.names[1]}` : "";
  return new RangeError(
    `cannot read ${JSON.stringify(text)}; expected numbers from ${rule.min} to ${rule.max}` +
      `${names}, with "*", "-", "," and "/"`,
  );
}
