export interface ContentRange {
  readonly start: number;
  /** Size of the whole file; null when the server does not say. */
  readonly size: number | null;
}

/** Reads the header `Content-Range` of a 206 answer; null when it is none of one byte range. */
export function parseContentRange(header: unknown): ContentRange | null {
  if (typeof header !== "string") return null;
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/i.exec(header.trim());
  if (match === null) return null;
  return { start: Number(match[1]), size: match[2] === "*" ? null : Number(match[2]) };
}
