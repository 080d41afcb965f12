import { formatAddress, parseAddress, type Address } from "../../address/address.ts";
import type { DesiredMove } from "../../desired/desired.ts";
import { cycleFrom, followMoves } from "../../desired/moves.ts";
import { atKey, atValue, type Draft } from "../draft.ts";
import type { Finding } from "../finding.ts";
import { placeOf, type Path } from "../located.ts";
import { suggestion } from "../nearest.ts";

const sections = { policy: "policies", snapshot: "snapshots", restore: "restores" } as const;

interface Move extends DesiredMove {
  readonly path: Path;
}

/** `moved` and `removed` fit what is declared, and one another. */
export function checkHistory(draft: Draft): readonly Finding[] {
  const moves = (draft.config.moved ?? []).flatMap((move, index): Move[] => {
    if (move?.from === undefined || move.to === undefined) return [];
    return [{ from: move.from, to: move.to, path: ["moved", index] }];
  });
  const addresses = (draft.config.moved ?? []).flatMap((move, index) => [
    ...checkAddress(draft, ["moved", index, "from"], move?.from),
    ...checkAddress(draft, ["moved", index, "to"], move?.to),
  ]);
  const valid = moves.filter(({ from, to }) => resource(from) !== null && resource(to) !== null);
  return [
    ...addresses,
    ...valid.flatMap((move) => checkMove(draft, move, valid)),
    ...checkRepeats(draft, valid),
    ...Object.keys(draft.config.removed ?? {}).flatMap((text) => checkRemoval(draft, text, valid)),
  ];
}

/** The address of a whole resource; null for anything else. */
function resource(text: string): Address | null {
  const address = parseAddress(text);
  return address?.key === undefined ? address : null;
}

function isDeclared(draft: Draft, { kind, name }: Address): boolean {
  return draft.names(sections[kind]).includes(name);
}

function addressWords(text: string): Pick<Finding, "code" | "summary" | "detail"> {
  const detail =
    `${JSON.stringify(text)} is not the address of a resource. ` +
    "Expected `policy.NAME`, `snapshot.NAME` or `restore.NAME`.";
  return { code: "invalid-address", summary: "Invalid address", detail };
}

function checkAddress(draft: Draft, path: Path, text: string | undefined): Finding[] {
  return text === undefined || resource(text) ? [] : [atValue(draft, path, addressWords(text))];
}

function checkMove(draft: Draft, { from, to, path }: Move, moves: readonly Move[]): Finding[] {
  const words = { code: "invalid-move", summary: "Invalid move" };
  const at = (key: string, detail: string): Finding[] => {
    return [atValue(draft, [...path, key], { ...words, detail })];
  };
  const [source, target] = [resource(from), resource(to)];
  if (!source || !target) return [];
  if (from === to) return at("to", "It moves to where it is.");
  if (source.kind !== target.kind) {
    return at("to", `A ${source.kind} cannot become a ${target.kind}.`);
  }
  const cycle = cycleFrom(from, moves);
  if (cycle.length > 0) {
    // A circle is one mistake, whichever of its moves it is looked at from.
    const isFirst = moves.find((each) => cycle.includes(each.from))?.from === from;
    return isFirst ? at("to", `The moves go round in a circle: ${cycle.join(" -> ")}.`) : [];
  }
  const findings: Finding[] = [];
  if (isDeclared(draft, source)) {
    const detail =
      `${from} is still declared, so its history belongs to it. ` +
      "Remove the declaration, or the move.";
    findings.push(...at("from", detail));
  }
  const end = followMoves(moves).find((move) => move.from === from)?.to ?? to;
  // In a chain only the last move leads to what is declared; it gets the finding.
  const isLast = end === to;
  if (isLast && !isDeclared(draft, target)) {
    const known = draft.names(sections[target.kind]).map((name) => {
      return formatAddress({ kind: target.kind, name });
    });
    findings.push(...at("to", `${to} is not declared. ${suggestion(to, known)}`.trimEnd()));
  }
  return findings;
}

function checkRepeats(draft: Draft, moves: readonly Move[]): Finding[] {
  return (["from", "to"] as const).flatMap((key) =>
    moves.flatMap((move, index) => {
      const first = moves.findIndex((each) => each[key] === move[key]);
      if (first === index) return [];
      const place = placeOf(draft.span([...(moves[first]?.path ?? []), key]));
      const what = key === "from" ? "moved" : "the target of a move";
      const detail = `${move[key]} is ${what} already, at ${place}.`;
      const words = { code: "invalid-move", summary: "Invalid move", detail };
      return [atValue(draft, [...move.path, key], words)];
    }),
  );
}

function checkRemoval(draft: Draft, text: string, moves: readonly Move[]): Finding[] {
  const path = ["removed", text];
  const address = resource(text);
  if (address === null) return [atKey(draft, path, addressWords(text))];
  const words = { code: "invalid-removal", summary: "Invalid removal" };
  if (isDeclared(draft, address)) {
    const detail = `${text} is still declared. Remove the declaration, or this entry.`;
    return [atKey(draft, path, { ...words, detail })];
  }
  const move = moves.find(({ from }) => from === text);
  if (move === undefined) return [];
  const place = placeOf(draft.span([...move.path, "from"]));
  const detail = `${text} is moved to ${move.to} at ${place}, so it cannot be removed as well.`;
  return [atKey(draft, path, { ...words, detail })];
}
