import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import type { Clock } from "../../clock/clock.ts";
import { SnapformError } from "../../errors/index.ts";
import { bits, der, hexOf, integer, oid, text, time } from "./der.ts";

/** A certificate for one process, and the key that belongs to it. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly key: string;
}

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";

/** What a certificate begins with. */
const SEQUENCE = 0x30;

/** The name by which Terraform looks for its providers. */
const HOST = "localhost";
const HOUR_MS = 3_600_000;

/** Clocks may differ a little, and an apply may take days. */
const VALID_BEFORE_MS = 24 * HOUR_MS;
const VALID_AFTER_MS = 365 * 24 * HOUR_MS;

/** Signs itself; P-256, which is the quickest to make of those that Terraform accepts. */
export function createCertificate(clock: Clock): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = bodyOf(clock, publicKey);
  const signed = Buffer.from(body, "hex");
  const signature = sign("sha256", signed, { key: privateKey, dsaEncoding: "der" });
  const digits = der("sequence", body, algorithm(), bits(signature.toString("hex")));
  const whole = Buffer.from(digits, "hex");
  return {
    der: whole,
    pem: `-----BEGIN CERTIFICATE-----\n${base64(whole)}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/**
 * The bytes of a certificate that is only compared: OpenSSL would take a millisecond to read it.
 *
 * @throws SnapformError `invalid-argument` where it is none by its looks
 */
export function bytesOfPem(pem: string): Buffer {
  const [, lines] = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(pem) ?? [];
  const bytes = Buffer.from(lines ?? "", "base64");
  if (bytes[0] === SEQUENCE) return bytes;
  throw new SnapformError("invalid-argument", "the certificate of Terraform cannot be read");
}

/** What is signed, in hexadecimal. */
function bodyOf(clock: Clock, publicKey: KeyObject): string {
  const now = clock.now().getTime();
  const name = der("sequence", der("set", der("sequence", oid(COMMON_NAME), text(HOST))));
  const validity = der(
    "sequence",
    time(new Date(now - VALID_BEFORE_MS)),
    time(new Date(now + VALID_AFTER_MS)),
  );
  return der(
    "sequence",
    der(0xa0, integer("02")),
    integer(`40${clock.randomHex(15)}`),
    algorithm(),
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }).toString("hex"),
    extensions(),
  );
}

function algorithm(): string {
  return der("sequence", oid(ECDSA_WITH_SHA256));
}

/**
 * The name, without which Terraform does not connect; and that it may sign, without which OpenSSL
 * does not trust what signs itself. Terraform would do without the latter.
 */
function extensions(): string {
  const names = der("sequence", der(0x82, hexOf(HOST)));
  const isAuthority = der("sequence", der("boolean", "ff"));
  const extension = (id: string, value: string): string =>
    der("sequence", oid(id), der("octets", value));
  return der(
    0xa3,
    der(
      "sequence",
      extension(SUBJECT_ALTERNATIVE_NAME, names),
      extension(BASIC_CONSTRAINTS, isAuthority),
    ),
  );
}

function base64(bytes: Buffer): string {
  return (bytes.toString("base64").match(/.{1,64}/g) ?? []).join("\n");
}
