import { isSnapformError, SnapformError, type ErrorCode } from "../../../errors/index.ts";
import { serverText, showable, type ServerText } from "./server-text.ts";
import type { Call } from "./wire.ts";

/** A failed attempt, and whether the client may make another one by itself. */
export interface Failure {
  readonly error: SnapformError;
  readonly mayRepeat: boolean;
  /** How long the server asks to wait; null when it does not say. */
  readonly waitMs: number | null;
}

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** True for the download of a file: there Qdrant itself says in plain text that it has none. */
  readonly isFile?: boolean;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly retryable?: boolean;
  /** True when an unsafe call may have taken effect in spite of it. */
  readonly unknown?: boolean;
  /** True when the server certainly did not begin. */
  readonly notBegun?: boolean;
  readonly hint?: string;
}

const PROXY_HINT =
  "Check that the URL, with its prefix, leads to the node itself, and what stands in front of it.";

const MEANINGS: Readonly<Record<number, Meaning>> = Object.freeze({
  400: { code: "invalid-argument" },
  401: { code: "unauthenticated", hint: "Check the apiKey of the cluster." },
  403: { code: "permission-denied", hint: "The key needs more rights for this; see the message." },
  404: { code: "not-found" },
  405: { code: "unimplemented" },
  408: { code: "deadline-exceeded", retryable: true, unknown: true },
  409: { code: "already-exists" },
  413: {
    code: "resource-exhausted",
    hint:
      "Qdrant takes uploads of any size, so a proxy in front of it limits them: raise its limit " +
      "(nginx: client_max_body_size) or give the URL of the node itself.",
  },
  422: { code: "invalid-argument" },
  429: { code: "resource-exhausted", retryable: true, notBegun: true },
  500: { code: "unavailable", retryable: true },
  501: { code: "unimplemented" },
  502: { code: "unavailable", retryable: true, unknown: true },
  503: { code: "unavailable", retryable: true, unknown: true },
  504: { code: "unavailable", retryable: true, unknown: true },
  507: { code: "resource-exhausted", hint: "A quota of the cluster is used up." },
});

/** What a status other than 2xx means. */
export function refusalFailure(call: Call, refusal: Refusal): Failure {
  const { status, headers } = refusal;
  const said = serverText(refusal.body, String(headers["content-type"] ?? ""), call.secrets);
  const meaning = meaningOf(refusal, said, call);
  const outcomeUnknown = meaning.unknown === true && !call.safe;
  const text = said.text === "" ? "the node gave no reason" : said.text;
  const error = new SnapformError(
    meaning.code,
    `${call.node}: ${call.doing}: ${text} (HTTP ${status})`,
    {
      retryable: meaning.retryable === true,
      outcomeUnknown,
      ...(meaning.hint === undefined ? {} : { hint: meaning.hint }),
    },
  );
  const mayRepeat = error.retryable && (call.safe || meaning.notBegun === true);
  return { error, mayRepeat, waitMs: retryAfterMs(headers["retry-after"]) };
}

function meaningOf({ status, headers, isFile }: Refusal, said: ServerText, call: Call): Meaning {
  const { text, isHtml, isEnvelope } = said;
  if (status >= 300 && status < 400) {
    return { code: "failed-precondition", ...redirect(headers["location"]) };
  }
  if (status === 400 && /not compatible with existing collection/i.test(text)) {
    const hint = "Its vectors or its number of shards differ: restore under another name.";
    return { code: "failed-precondition", hint };
  }
  if (status === 400 && /^Checksum mismatch:/i.test(text)) {
    const hint = `Qdrant swaps the two: "expected" is what it computed, "actual" what was sent.`;
    return { code: "corrupt", hint };
  }
  // A proxy's 404 says nothing of what Qdrant has: nothing may be taken for gone because of it.
  if (status === 404 && !isEnvelope && (isHtml || isFile !== true)) {
    return { code: "failed-precondition", hint: PROXY_HINT };
  }
  if (status === 500 && /no space left on device/i.test(text)) {
    return { code: "resource-exhausted", hint: "The disk of the node is full." };
  }
  if (status === 500 && /missing data at shard/i.test(text)) {
    const hint = "A standalone server needs the data of every shard in one file.";
    return { code: "failed-precondition", hint };
  }
  // The servers go on to agree on it after whoever was asked has given up waiting.
  const isLate = /\btim(?:eout|ed out)\b|consensus operation/i.test(text);
  if (status === 500 && isLate) return { code: "unavailable", retryable: true, unknown: true };
  if (status === 500) return { code: "unavailable", retryable: call.safe, unknown: !isEnvelope };
  if (status === 503 && text === "already_in_progress") {
    return { code: "unavailable", retryable: true };
  }
  const known = MEANINGS[status];
  if (known !== undefined) return isHtml ? { hint: PROXY_HINT, ...known } : known;
  if (status >= 500) return { code: "unavailable", retryable: true, unknown: true };
  return { code: "failed-precondition", hint: PROXY_HINT };
}

function redirect(location: unknown): { readonly hint: string } {
  const target = typeof location === "string" ? URL.parse(location) : null;
  const where = target === null ? "elsewhere" : `to ${target.origin}`;
  return { hint: `The URL leads ${where}. Redirects are not followed: give the final URL.` };
}

/** Seconds; the form with a date is not read, because it needs a clock that agrees. */
function retryAfterMs(header: unknown): number | null {
  return typeof header === "string" && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : null;
}

/** Why a connection could not be made or did not last. `sent`: part of the request may be there. */
export function transportFailure(call: Call, error: unknown, sent: boolean): Failure {
  if (isSnapformError(error)) return { error, mayRepeat: false, waitMs: null };
  const outcomeUnknown = sent && !call.safe;
  const place = `${call.node}: ${call.doing}`;
  if (call.signal?.aborted === true) {
    const options = { outcomeUnknown, cause: error };
    const cancelled = new SnapformError("cancelled", `cancelled ${place}`, options);
    return { error: cancelled, mayRepeat: false, waitMs: null };
  }
  const { text, code = "unavailable", passes = true, hint } = reasonOf(error, call.secrets);
  const failed = new SnapformError(code, `${place}: ${text}`, {
    retryable: passes,
    outcomeUnknown,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
  return { error: failed, mayRepeat: passes && (call.safe || !sent), waitMs: null };
}

interface Reason {
  readonly text: string;
  readonly code?: ErrorCode;
  /** False when trying again cannot help. */
  readonly passes?: boolean;
  readonly hint?: string;
}

const CA_HINT = "Give the certificate of the authority that signed it in caFile.";
const LATE: Reason = { text: "the node did not answer in time", code: "deadline-exceeded" };
const NO_HTTP: Reason = {
  text: "what answers there does not speak HTTP",
  passes: false,
  hint: "Check the port, and whether the URL needs https://.",
};
const NO_TLS: Reason = {
  text: "what answers there does not speak TLS",
  passes: false,
  hint: "Check the port, and whether the URL needs http://.",
};

function untrusted(text: string): Reason {
  return { text: `the node's certificate is not trusted: ${text}`, passes: false, hint: CA_HINT };
}

const REASONS: Readonly<Record<string, Reason>> = Object.freeze({
  ECONNREFUSED: { text: "the connection was refused: nothing listens there" },
  ECONNRESET: { text: "the connection broke" },
  EPIPE: { text: "the connection broke" },
  UND_ERR_SOCKET: { text: "the connection broke" },
  UND_ERR_CONNECT_TIMEOUT: { text: "no connection came about in time", code: "unavailable" },
  ETIMEDOUT: LATE,
  UND_ERR_HEADERS_TIMEOUT: LATE,
  UND_ERR_BODY_TIMEOUT: { text: "the answer stopped midway", code: "deadline-exceeded" },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: { text: "the answer was cut short" },
  UND_ERR_HEADERS_OVERFLOW: NO_HTTP,
  UND_ERR_DESTROYED: { text: "the connection was closed on our side", code: "cancelled" },
  UND_ERR_CLOSED: { text: "the connection was closed on our side", code: "cancelled" },
  ENOTFOUND: { text: "the host name is not known", passes: false, hint: "Check the URL." },
  EAI_AGAIN: { text: "the host name could not be looked up" },
  EHOSTUNREACH: { text: "there is no route to the host" },
  ENETUNREACH: { text: "there is no route to the host" },
  SELF_SIGNED_CERT_IN_CHAIN: untrusted("its authority is unknown here"),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted("it is signed by itself"),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted("its authority is unknown here"),
  UNABLE_TO_GET_ISSUER_CERT: untrusted("its authority is unknown here"),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted("its authority is unknown here"),
  CERT_HAS_EXPIRED: { text: "the node's certificate has expired", passes: false },
  CERT_NOT_YET_VALID: { text: "the node's certificate is not valid yet", passes: false },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    text: "the node's certificate is for another host name",
    passes: false,
    hint: "Use a host name that the certificate names.",
  },
  EPROTO: NO_TLS,
});

function reasonOf(error: unknown, secrets: readonly string[]): Reason {
  const code = codeOf(error);
  const known = code === null ? undefined : REASONS[code];
  if (known !== undefined) return known;
  if (error instanceof Error && error.name === "HTTPParserError") return NO_HTTP;
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    return NO_TLS;
  }
  if (code?.startsWith("CERT_")) return untrusted(code);
  const message = error instanceof Error ? error.message : String(error);
  return { text: showable(message === "" ? (code ?? "unknown reason") : message, secrets) };
}

/** Where a name has several addresses, the failure of each is in the list of one error. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : null;
}

/** An answer that is none of Qdrant's. `outcomeUnknown` where the call may change something. */
export function strangeAnswer(
  call: Pick<Call, "node" | "doing" | "safe">,
  why: string,
): SnapformError {
  return new SnapformError(
    "unavailable",
    `${call.node}: ${call.doing}: ${why}; is this a Qdrant?`,
    {
      outcomeUnknown: !call.safe,
      hint: PROXY_HINT,
    },
  );
}
