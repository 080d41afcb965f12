import { describe, expect, test } from "vitest";
import { looksLikeTar } from "../../../../../src/engines/qdrant/http/tar.ts";

function header(magic: string, checksumOff = 0): Uint8Array {
  const bytes = Buffer.alloc(512);
  bytes.write("config.json", 0);
  bytes.write(magic, 257);
  bytes.write("        ", 148);
  const sum = bytes.reduce((total, byte) => total + byte, 0) + checksumOff;
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return bytes;
}

describe("looksLikeTar", () => {
  test.each(["ustar\x0000", "ustar  \0"])("knows the magic %j", (magic) => {
    expect(looksLikeTar(header(magic))).toBe(true);
  });

  test.each([
    ["nothing", new Uint8Array(0)],
    ["too little", header("ustar\x0000").subarray(0, 511)],
    ["zeros", new Uint8Array(512)],
    ["a web page", Buffer.from("<!doctype html>".padEnd(600, " "))],
    ["gzip", Buffer.from([0x1f, 0x8b, ...new Uint8Array(600)])],
    ["a header with a wrong sum", header("ustar\x0000", 1)],
  ])("refuses %s", (_title, bytes) => {
    expect(looksLikeTar(bytes)).toBe(false);
  });
});
