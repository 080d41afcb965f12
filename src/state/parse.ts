import { hash } from "node:crypto";
import { SnapformError } from "../errors/index.ts";
import { STATE_FORMAT_VERSION } from "../ledger/state.ts";
import type { State } from "../ledger/state.ts";
import { stateShape } from "./shape.ts";
import { isUpgradable, UPGRADES, upgradeState } from "./upgrade.ts";
import type { StateDocument } from "./upgrade.ts";

/** Settings of `parseState`. */
export interface ParseStateOptions {
  /** Makes the error for damage; `problem` reads on after "is damaged: ". */
  readonly damaged?: (problem: string) => SnapformError;
  readonly upgrades?: typeof UPGRADES;
}

const outOfDamage =
  "Nothing was changed. Keep a copy, move the damaged file away and rebuild the state with " +
  "`snapform adopt --from-repository`.";

/**
 * A state from the text of its document (`schemas/state.schema.json`), upgraded to the newest
 * format. `name` is the file's name for messages.
 *
 * @throws SnapformError `corrupt` when the text is damaged, was altered, or is of a newer format
 */
export function parseState(text: string, name: string, options: ParseStateOptions = {}): State {
  const damaged =
    options.damaged ??
    ((problem: string): SnapformError =>
      new SnapformError("corrupt", `${name} is damaged: ${problem}`, { hint: outOfDamage }));
  const upgrades = options.upgrades ?? UPGRADES;
  const document = parseObject(text, damaged);
  const version = document["formatVersion"];
  if (typeof version !== "number" || !Number.isSafeInteger(version)) {
    throw damaged(".formatVersion: expected a whole number");
  }
  // A newer format may even have another digest, so this comes before every other check.
  if (version > STATE_FORMAT_VERSION) throw tooNew(name, version);
  if (!isUpgradable(version, STATE_FORMAT_VERSION, upgrades)) {
    throw damaged(`.formatVersion: there never was a format ${version}`);
  }
  const { digest, ...content } = document;
  if (digest !== digestOf(JSON.stringify(content))) {
    throw damaged("its digest does not fit, so that it was altered or written in part");
  }
  const state = upgradeState(content, version, STATE_FORMAT_VERSION, upgrades);
  const problem = stateShape(state);
  if (problem) throw damaged(`${problem.path || "the document"}: expected ${problem.expected}`);
  return state as unknown as State;
}

/**
 * The document of a state: JSON with one line per entry, so that two of them can be compared, and
 * with a digest, the SHA-256 of the same JSON without white space and without the digest.
 */
export function formatState(state: State): string {
  const compact = JSON.stringify(state);
  const members = Object.entries(state).map(([key, value]) => {
    const lines =
      typeof value === "object"
        ? Object.entries(value).map(([k, v]) => `    ${JSON.stringify(k)}: ${JSON.stringify(v)}`)
        : null;
    if (!lines) return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const body = lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n  }`;
    return `  ${JSON.stringify(key)}: ${body}`;
  });
  return `{\n${members.join(",\n")},\n  "digest": "${digestOf(compact)}"\n}\n`;
}

function digestOf(compact: string): string {
  return `sha256:${hash("sha256", compact)}`;
}

function parseObject(text: string, damaged: (problem: string) => SnapformError): StateDocument {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    // The parser's own message would quote from the document.
    const empty = text.trim() === "";
    const problem = empty ? "it is empty" : "it is cut off, or not JSON";
    throw Object.assign(damaged(problem), { cause: error });
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw damaged("expected a JSON object");
  }
  return document as StateDocument;
}

function tooNew(name: string, version: number): SnapformError {
  return new SnapformError(
    "corrupt",
    `${name} was written by a newer snapform: it has state format ${version}, ` +
      `and this one knows formats up to ${STATE_FORMAT_VERSION}`,
    { hint: "Nothing was changed. Use that version of snapform, or a later one." },
  );
}
