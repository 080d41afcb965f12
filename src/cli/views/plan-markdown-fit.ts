import { counted } from "../text/units.ts";

/** A part of a comment: without lines it is left out altogether. */
export interface Section {
  readonly head: readonly string[];
  readonly lines: readonly string[];
  readonly tail: readonly string[];
  /** What one line is about. */
  readonly noun: string;
}

/** GitHub refuses comments of more than 65,536 characters; some room is left for wrapping tools. */
const limit = 65_000;

/** Room for the note about what was left out of one section. */
const noteLength = 100;

/** What is written when the lines that are left out would still be needed. */
function note(count: number, noun: string): readonly string[] {
  return ["", `_… and ${counted(count, `more ${noun}`)} left out; see \`snapform plan\`._`];
}

/**
 * The parts of a comment, one after the other, shorter than GitHub's limit. Earlier sections go
 * first, but none takes more than half of what is left, so that a later one is never wholly lost.
 */
export function fitted(head: readonly string[], sections: readonly Section[]): string {
  const present = sections.filter(({ lines }) => lines.length > 0);
  const frames = present.map(({ head: opening, tail }) => lengthOf([...opening, ...tail]));
  let left = limit - lengthOf(head) - frames.reduce((sum, frame) => sum + frame + noteLength, 0);
  const out = [...head];
  present.forEach((section, index) => {
    const isLast = index === present.length - 1;
    const needed = lengthOf(section.lines);
    const laterNeed = present.slice(index + 1).reduce((sum, { lines }) => sum + lengthOf(lines), 0);
    const room = needed + laterNeed <= left || isLast ? left : Math.max(left / 2, left - laterNeed);
    const kept: string[] = [];
    let used = 0;
    for (const line of section.lines) {
      if (used + lengthOf([line]) > room) break;
      kept.push(line);
      used += lengthOf([line]);
    }
    left -= used;
    const missing = section.lines.length - kept.length;
    const rest = missing === 0 ? [] : note(missing, section.noun);
    out.push(...section.head, ...kept, ...rest, ...section.tail);
  });
  return `${out.join("\n").trimEnd()}\n`;
}

/** In bytes, which are never fewer than characters, however those are counted. */
function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}
