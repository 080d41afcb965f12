import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Something that is exported, with what its doc comment says. */
export interface Documented {
  readonly kind: "class" | "interface" | "const";
  readonly name: string;
  readonly about: string;
  readonly members: readonly Member[];
}

export interface Member {
  /** As it stands in the source, on one line: `policy(name: string): BackupPolicy`. */
  readonly signature: string;
  readonly about: string;
}

const root = join(import.meta.dirname, "..", "..", "..");
const comment = String.raw`/\*\*((?:(?!\*/)[^])*)\*/\s*`;
const declaration = new RegExp(
  String.raw`${comment}export (class|interface|const) (\w+)([^]*?)^(?:\}|\S.*;$)`,
  "gm",
);
/** Two spaces in: what lies deeper belongs to something else. */
const member = new RegExp(
  String.raw`^ {2}(?:${comment})?(?!private|constructor|#|/|\*|\})` +
    String.raw`((?:static |readonly )*\w+\??(?:\(|:)[^]*?)(?:;$| \{$)`,
  "gm",
);

/** The documented exports of a source file. As formatted, a file needs no parser to be read so. */
export function documentedIn(file: string): readonly Documented[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(declaration)].map(([, said = "", kind = "", name = "", body = ""]) => ({
    kind: kind as Documented["kind"],
    name,
    about: plain(said),
    members: kind === "const" ? [] : membersOf(body),
  }));
}

function membersOf(body: string): Member[] {
  return [...body.matchAll(member)].flatMap(([, said = "", signature = ""]) => {
    // What is marked so is for the library itself.
    if (said.includes("@internal") || /^(visit|if|return|const)\b/.test(signature)) return [];
    const line = signature.replace(/\/\*\*[^]*?\*\//g, "").replace(/\s+/g, " ");
    const joined = line.replace(/< /g, "<").replace(/ >/g, ">");
    return [{ signature: joined.replace(/^(static )?readonly /, "$1"), about: plain(said) }];
  });
}

/** A doc comment as one paragraph. */
function plain(said: string): string {
  const lines = said.split("\n").map((line) => line.replace(/^\s*\* ?/, "").trim());
  return lines
    .join(" ")
    .replace(/@throws (\w+)/g, "Throws $1")
    .replace(/\s+/g, " ")
    .trim();
}
