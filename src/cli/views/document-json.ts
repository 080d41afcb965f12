/** The version of every JSON document of the command line but the plan, which has its own. */
const FORMAT_VERSION = 1;

/** A document for programs: what it is, then its content. */
export function documentJson(kind: string, content: object): string {
  return `${JSON.stringify({ formatVersion: FORMAT_VERSION, kind, ...content }, null, 2)}\n`;
}

/** The same on one line, for streams of documents. */
export function lineJson(type: string, content: object): string {
  return `${JSON.stringify({ formatVersion: FORMAT_VERSION, type, ...content })}\n`;
}
