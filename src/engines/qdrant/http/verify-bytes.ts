import { createHash } from "node:crypto";
import { SnapformError } from "../../../errors/index.ts";

export interface ExpectedBytes {
  readonly size: number;
  /** Lower-case hexadecimal SHA-256; null or left out when nobody knows it. */
  readonly sha256?: string | null;
}

/**
 * Passes bytes through and fails at their end when they are not what was expected.
 *
 * @throws SnapformError `corrupt`; `subject` says whose bytes, e.g. `prod/node-0: docs.snapshot`
 */
export async function* verifyBytes(
  bytes: AsyncIterable<Uint8Array>,
  expected: ExpectedBytes,
  subject: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let byteCount = 0;
  for await (const chunk of bytes) {
    hash.update(chunk);
    byteCount += chunk.length;
    yield chunk;
  }
  if (byteCount !== expected.size) {
    throw new SnapformError("corrupt", `${subject}: ${byteCount} bytes, not ${expected.size}`);
  }
  const digest = hash.digest("hex");
  if (typeof expected.sha256 === "string" && digest !== expected.sha256.toLowerCase()) {
    const message = `${subject}: SHA-256 is ${digest}, not ${expected.sha256}`;
    throw new SnapformError("corrupt", message);
  }
}
