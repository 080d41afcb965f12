import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { nodeFlags } from "./node-flags.ts";
import type { OneFile } from "./one-file.ts";

/** Where Node looks for the program that was put into it: a part of its documentation. */
const blobName = "NODE_SEA_BLOB";
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** Reads the text between two places, where it lies in the program. */
const reader =
  "((text) => (from, to) => text.latin1Slice(from, to))" +
  '(Buffer.from(require("node:sea").getRawAsset("text")))';

/** What to say of the Node in it, whose licences are too long to come along. */
export const licenseOfNode: Readonly<Record<string, string>> = {
  "NODE-LICENSE.txt":
    `This program contains Node.js ${process.version}, under these licences:\n` +
    `https://github.com/nodejs/node/blob/${process.version}/LICENSE\n`,
};

/**
 * A program with the Node that runs this, for this kind of machine: it needs none on the path.
 * `strip`, where there is one, takes the symbols out first, because afterwards it would break it.
 */
export async function buildExecutable({ script, text }: OneFile): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "snapform-executable-"));
  const place = (name: string): string => join(folder, name);
  try {
    writeFileSync(place("main.js"), `(${script})(${reader});`);
    writeFileSync(place("text"), text);
    const setting = {
      main: place("main.js"),
      output: place("main.blob"),
      assets: { text: place("text") },
      disableExperimentalSEAWarning: true,
      execArgv: nodeFlags,
    };
    writeFileSync(place("sea.json"), JSON.stringify(setting));
    execFileSync(process.execPath, ["--experimental-sea-config", place("sea.json")], {
      stdio: "pipe",
    });
    const program = place("program");
    copyFileSync(process.execPath, program);
    chmodSync(program, 0o755);
    spawnSync("strip", [program], { stdio: "ignore" });
    await injected(program, readFileSync(place("main.blob")));
    return readFileSync(program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `postject` warns about notes of ELF files that it does not know; they do no harm. */
async function injected(program: string, blob: Buffer): Promise<void> {
  const { inject } = await import("postject");
  const { warn, log } = console;
  console.warn = console.log = () => undefined;
  try {
    await inject(program, blobName, blob, { sentinelFuse: fuse });
  } finally {
    Object.assign(console, { warn, log });
  }
}
