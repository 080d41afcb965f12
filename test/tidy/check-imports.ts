import { posix } from "node:path";

import { packages, rooms, words, worldModules, type Room } from "./rules.ts";
import { importsOf, type Import } from "./source.ts";
import type { Breach, SourceFile } from "./tree.ts";

/** Does `path` (below src, no extension) lie in `room`? */
export function liesIn(path: string, room: string): boolean {
  const pattern = room.replaceAll("*", "[^/]+");
  return new RegExp(`^${pattern}(/|$)`).test(path);
}

/** The most particular room of a path. */
export function roomOf(path: string): Room | undefined {
  return rooms
    .filter(({ room }) => liesIn(path, room))
    .toSorted((a, b) => b.room.length - a.room.length)[0];
}

/** `src/plan/plan.ts` -> `plan/plan`. */
export function placeOf(path: string): string {
  return path.replace(/^src\//, "").replace(/\.ts$/, "");
}

/** Breaches of the import table in files of src/. */
export function checkImports(files: readonly SourceFile[]): Breach[] {
  return files.flatMap(({ path, text }) => {
    const room = roomOf(placeOf(path));
    if (room === undefined) return [`${path}: lies in no room of test/tidy/rules.ts`];
    return importsOf(text).flatMap((each) => {
      const message = objection(path, room, each);
      return message === undefined ? [] : [`${path}:${each.line}: ${message}`];
    });
  });
}

function objection(path: string, room: Room, each: Import): string | undefined {
  if (each.specifier.startsWith(".")) return relativeObjection(path, room, each);
  if (each.specifier.startsWith("node:")) return builtinObjection(room, each.specifier);
  return packageObjection(path, each.specifier);
}

function relativeObjection(path: string, room: Room, each: Import): string | undefined {
  const target = posix.join(posix.dirname(path), each.specifier);
  if (!target.startsWith("src/")) return `imports ${target}, which is outside src`;
  const place = placeOf(target);
  const targetRoom = roomOf(place);
  if (targetRoom === undefined) return `imports ${target}, which lies in no room`;
  const sameRoom = targetRoom === room && sameInstance(placeOf(path), place, room.room);
  const isWord = (words as readonly string[]).includes(targetRoom.room);
  if (sameRoom || isWord || room.imports.includes(targetRoom.room)) return undefined;
  if (room.types?.includes(targetRoom.room)) {
    return each.typeOnly ? undefined : `${room.room} may import only types of ${targetRoom.room}`;
  }
  return `${room.room} may not import ${targetRoom.room}`;
}

/** `engines/*` is one row but many rooms: engines/a may not import engines/b. */
function sameInstance(from: string, to: string, room: string): boolean {
  const depth = room.split("/").length;
  const head = (place: string): string => place.split("/").slice(0, depth).join("/");
  return !room.includes("*") || head(from) === head(to);
}

function builtinObjection(room: Room, specifier: string): string | undefined {
  const name = specifier.slice("node:".length).split("/")[0] ?? "";
  if (name === "timers" && room.room !== "clock/system-clock") return `imports ${specifier}`;
  const touchesWorld = (worldModules as readonly string[]).includes(name);
  return touchesWorld && !room.world ? `${room.room} may not touch ${specifier}` : undefined;
}

function packageObjection(path: string, specifier: string): string | undefined {
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const homes = packages[name];
  if (homes === undefined) return `imports ${name}, which no row of test/tidy/rules.ts names`;
  const allowed = homes.some((home) => liesIn(placeOf(path), home));
  return allowed ? undefined : `imports ${name}; only ${homes.join(", ")} may`;
}
