import { describe, expect, it } from "vitest";
import type { JournalEntry } from "../../../src/ledger/change.ts";
import { formatEntry, parseJournal } from "../../../src/state/local/journal.ts";
import { everyChange } from "../ledger/samples.ts";

const at = "2026-01-01T00:00:00.000Z";
const entry = (seq: number, fence = 1, name = `r${seq}`): JournalEntry => ({
  seq,
  fence,
  at,
  change: { type: "repository-seen", name, id: name },
});
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (...entries: JournalEntry[]): string =>
  entries.map((one) => formatEntry(one, "l")).join("");
const parse = (text: string, seq = 0) => parseJournal(encode(text), "l", seq);
const seqs = (text: string, seq = 0): unknown => {
  const journal = parse(text, seq);
  return "problem" in journal ? journal.problem : journal.entries.map((one) => one.seq);
};

describe("a journal", () => {
  it("comes back as it was, with every type of change", () => {
    const entries = everyChange.map(({ change }, index) => ({ ...entry(index + 1), change }));
    const text = textOf(...entries);
    expect(parse(text)).toEqual({ entries, fence: 1, byteCount: encode(text).length });
  });

  it("is one line of JSON per entry, with a short checksum", () => {
    const line = textOf(entry(1));
    expect(JSON.parse(line)).toEqual({
      ...entry(1),
      check: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(line.endsWith("\n")).toBe(true);
  });

  it("keeps line breaks and quotes in names apart from its own", () => {
    const odd = entry(1, 1, 'a\n"}\u2028","check":"000000000000"}');
    expect(parse(textOf(odd))).toMatchObject({ entries: [odd] });
  });

  it("is read up to a torn end, wherever that is", () => {
    const whole = textOf(entry(1), entry(2));
    const torn = textOf(entry(3));
    for (let length = 0; length < torn.length; length += 1) {
      const journal = parse(whole + torn.slice(0, length));
      expect(journal).toMatchObject({ byteCount: whole.length });
      expect(seqs(whole + torn.slice(0, length))).toEqual([1, 2]);
    }
  });

  it("is read up to the zeros that a power cut leaves", () => {
    const whole = textOf(entry(1));
    expect(seqs(`${whole}${"\0".repeat(50)}`)).toEqual([1]);
    expect(seqs(`${whole}${"\0".repeat(50)}\n${"\0".repeat(9)}`)).toEqual([1]);
  });

  it("with damage in the middle is damaged, and says in which line", () => {
    const text = textOf(entry(1), entry(2), entry(3));
    const second = text.indexOf("r2");
    const altered = `${text.slice(0, second)}x2${text.slice(second + 2)}`;
    expect(seqs(altered)).toBe("line 2 is altered, or of another state");
    const zeroed = `${text.slice(0, second)}\0\0${text.slice(second + 2)}`;
    expect(seqs(zeroed)).toBe("line 2 is altered, or of another state");
  });

  it("with a whole last line that was altered is damaged: no crash does that", () => {
    const text = textOf(entry(1)).replace("r1", "x1");
    expect(seqs(text)).toBe("line 1 is altered, or of another state");
  });

  it("with a missing or repeated line is damaged", () => {
    expect(seqs(textOf(entry(1), entry(3)))).toBe("line 2 has number 3, expected 2");
    expect(seqs(textOf(entry(1), entry(1)))).toBe("line 2 has number 1, expected 2");
    expect(seqs(textOf(entry(7)), 5)).toBe("line 1 has number 7, expected 6");
  });

  it("may begin with entries that the state includes already", () => {
    expect(seqs(textOf(entry(4), entry(5), entry(6)), 5)).toEqual([4, 5, 6]);
    expect(seqs(textOf(entry(6)), 5)).toEqual([6]);
  });

  it("of another state is damaged", () => {
    const journal = parseJournal(encode(formatEntry(entry(1), "other")), "l", 0);
    expect(journal).toEqual({ problem: "line 1 is altered, or of another state" });
  });

  it("with a change of a newer snapform is refused, not passed over", () => {
    const change = { type: "newer" } as unknown as JournalEntry["change"];
    expect(seqs(textOf({ ...entry(1), change }))).toMatch(/does not know/);
  });

  it("passes over what a holder wrote after it had lost its lock", () => {
    const late = [entry(2, 1, "late"), entry(3, 1, "later")] as const;
    expect(seqs(textOf(entry(1, 1), entry(2, 2), ...late, entry(3, 2)))).toEqual([1, 2, 3]);
    const journal = parse(textOf(entry(1, 1), ...late, entry(2, 2, "mine"), entry(3, 2, "mine")));
    expect(journal).toMatchObject({
      fence: 2,
      entries: [entry(1, 1), entry(2, 2, "mine"), entry(3, 2, "mine")],
    });
  });
});
