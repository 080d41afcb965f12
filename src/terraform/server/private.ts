import { SnapformError } from "../../errors/index.ts";
import { decodeText, encodeText } from "../wire/bytes.ts";
import type { Private } from "./definition.ts";

/** Null is no bytes at all, which is what a new object starts with. */
export function encodePrivate(value: Private): Uint8Array {
  return value === null ? new Uint8Array() : encodeText(JSON.stringify(value));
}

/** Throws `corrupt` where it is not what `encodePrivate` writes. */
export function decodePrivate(bytes: Uint8Array): Private {
  if (bytes.length === 0) return null;
  try {
    return JSON.parse(decodeText(bytes)) as Private;
  } catch (error) {
    const message = "the private part of Terraform's state cannot be read";
    throw new SnapformError("corrupt", message, { cause: error });
  }
}
