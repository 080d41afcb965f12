import { SnapformError } from "../../errors/index.ts";
import { decodeText, encodeText } from "../wire/bytes.ts";
import type { Private } from "./definition.ts";

/** Stands before what is bytes already; no JSON begins with it. */
const AS_BYTES = 0;

/** Null is no bytes at all, which is what a new object starts with. */
export function encodePrivate(value: Private): Uint8Array {
  if (value instanceof Uint8Array) return Buffer.concat([Uint8Array.of(AS_BYTES), value]);
  return value === null ? new Uint8Array() : encodeText(JSON.stringify(value));
}

/** Throws `corrupt` where it is not what `encodePrivate` writes. */
export function decodePrivate(bytes: Uint8Array): Private {
  if (bytes.length === 0) return null;
  if (bytes[0] === AS_BYTES) return bytes.subarray(1);
  try {
    return JSON.parse(decodeText(bytes)) as Private;
  } catch (error) {
    const message = "the private part of Terraform's state cannot be read";
    throw new SnapformError("corrupt", message, {
      cause: error,
      hint: "Refresh it: `terraform plan`.",
    });
  }
}

/** The same for whoever looks at the world and writes it anew: null for what cannot be read. */
export function forgivingPrivate(bytes: Uint8Array): Private {
  try {
    return decodePrivate(bytes);
  } catch {
    return null;
  }
}
