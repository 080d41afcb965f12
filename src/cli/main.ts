#!/usr/bin/env node
// The process: makes the context of the command line from it. Starting fast is its duty, so that
// nothing is loaded before it is known to be needed.
import { VERSION } from "./version.ts";

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "version" || args[0] === "--version")) {
  process.stdout.write(`${VERSION}\n`);
} else {
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  const { runProcess } = await import("./main/process.ts");
  await runProcess(args);
}
