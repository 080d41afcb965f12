import { SnapformError } from "../../../errors/index.ts";

/** What stands before and after the one file of a form. */
export interface Framing {
  readonly contentType: string;
  readonly preamble: Uint8Array;
  readonly epilogue: Uint8Array;
}

/**
 * The frame of a form (`multipart/form-data`) with one part called `snapshot`.
 *
 * @throws SnapformError `invalid-argument` for a name that is no plain file name
 */
export function frameSnapshot(node: string, fileName: string, boundary: string): Framing {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/^\.{0,2}$|[/\\"\u0000-\u001f\u007f]/.test(fileName) || !fileName.isWellFormed()) {
    const shown = JSON.stringify(fileName);
    throw new SnapformError("invalid-argument", `${node}: ${shown} is no name for an upload`);
  }
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="snapshot"; filename="${fileName}"`,
    "Content-Type: application/octet-stream",
  ];
  return Object.freeze({
    contentType: `multipart/form-data; boundary=${boundary}`,
    preamble: Buffer.from(`${head.join("\r\n")}\r\n\r\n`),
    epilogue: Buffer.from(`\r\n--${boundary}--\r\n`),
  });
}
