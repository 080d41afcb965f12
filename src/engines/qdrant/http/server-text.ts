/** What a server said of a failure, as it may be shown. */
export interface ServerText {
  /** One line, bounded, without secrets; empty when the server said nothing. */
  readonly text: string;
  /** True when Qdrant itself answered (its envelope), and not something in front of it. */
  readonly isEnvelope: boolean;
  readonly isHtml: boolean;
}

const LIMIT = 1000;

/** Reads the body of a failure: Qdrant's envelope, plain text, or a proxy's page. */
export function serverText(
  body: string,
  contentType: string,
  secrets: readonly string[],
): ServerText {
  if (isHtml(body, contentType)) {
    const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1]?.trim() ?? "";
    const quoted = title === "" ? "" : ` ${JSON.stringify(showable(title, secrets))}`;
    const text = `an HTML page${quoted}, probably of a proxy in front of the node`;
    return { text, isEnvelope: false, isHtml: true };
  }
  const status = member(parsed(body), "status");
  const error = member(status, "error");
  const isEnvelope = typeof error === "string" || status === "already_in_progress";
  const said = [error, status].find((each) => typeof each === "string");
  return { text: showable(said ?? body, secrets), isEnvelope, isHtml: false };
}

/**
 * One bounded line without control characters, without `secrets`, and with the credentials and
 * queries of URLs left out: a presigned URL is a key.
 */
export function showable(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) if (secret !== "") shown = shown.replaceAll(secret, "(secret)");
  shown = shown
    .replace(/(https?:\/\/)[^\s/?#"'<>@]*@/gi, "$1(secret)@")
    .replace(/(https?:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, "$1?...")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return shown.length > LIMIT ? `${shown.slice(0, LIMIT)}...` : shown;
}

function isHtml(body: string, contentType: string): boolean {
  return /^text\/html\b/i.test(contentType) || /^\s*<(!doctype|html|head|body)\b/i.test(body);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[key];
}
