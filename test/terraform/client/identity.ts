import {
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";
import { bits, der, hexOf, integer, oid, text, time } from "../../../src/terraform/plugin/der.ts";

/** A certificate and its key, both as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const ECDSA_WITH_SHA512 = der("sequence", oid("1.2.840.10045.4.3.4"));
const DAY_MS = 24 * 3_600_000;

const name = (commonName: string): string =>
  der("sequence", der("set", der("sequence", oid("2.5.4.3"), text(commonName))));

/** What Terraform announces and shows: P-521, signed by itself, and allowed to sign others. */
export function createIdentity(): Identity {
  const { privateKey, publicKey } = newKey();
  return { cert: certificate("localhost", publicKey, privateKey), key: pemOf(privateKey) };
}

/** Another one, that the key of `issuer` vouches for. */
export function issueIdentity(issuer: Identity): Identity {
  const { privateKey, publicKey } = newKey();
  const signer = createPrivateKey(issuer.key);
  return { cert: certificate("somebody", publicKey, signer), key: pemOf(privateKey) };
}

function newKey(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-521" });
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: "pkcs8", format: "pem" }));
}

function certificate(subject: string, publicKey: KeyObject, signer: KeyObject): string {
  const now = Date.now();
  const body = der(
    "sequence",
    der(0xa0, integer("02")),
    integer(`40${randomBytes(15).toString("hex")}`),
    ECDSA_WITH_SHA512,
    name("localhost"),
    der("sequence", time(new Date(now - DAY_MS)), time(new Date(now + DAY_MS))),
    name(subject),
    publicKey.export({ type: "spki", format: "der" }).toString("hex"),
    extensions(),
  );
  const signature = sign("sha512", Buffer.from(body, "hex"), { key: signer, dsaEncoding: "der" });
  const digits = der("sequence", body, ECDSA_WITH_SHA512, bits(signature.toString("hex")));
  return formatPem(Buffer.from(digits, "hex"));
}

/** As go-plugin has them: a name, what it may be used for, and that it may sign. */
function extensions(): string {
  const extension = (id: string, value: string): string =>
    der("sequence", oid(id), der("octets", value));
  const purposes = ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"].map(oid);
  return der(
    0xa3,
    der(
      "sequence",
      extension("2.5.29.15", der("bits", "02ac")),
      extension("2.5.29.37", der("sequence", ...purposes)),
      extension("2.5.29.19", der("sequence", der("boolean", "ff"))),
      extension("2.5.29.17", der("sequence", der(0x82, hexOf("localhost")))),
    ),
  );
}

/** A certificate as OpenSSL reads it. */
export function formatPem(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
