import { realpathSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { systemClock } from "../../workspace/workspace.ts";
import { SnapformError } from "../../errors/index.ts";
import type { CliContext, Output } from "../context.ts";

/** What to assume as a width where nobody has a terminal: a wide page. */
const pageColumns = 100;

/** The context of this process. `signal` asks whatever runs to stop. */
export function processContext(signal: AbortSignal): CliContext {
  const { stdin, stdout, stderr, env } = process;
  const cwd = process.cwd();
  return {
    stdout: outputOf(stdout),
    stderr: outputOf(stderr),
    isTTY: stdout.isTTY === true,
    canAsk: stdin.isTTY === true && stdout.isTTY === true,
    columns: () => stdout.columns ?? (Number(env["COLUMNS"]) || pageColumns),
    env,
    cwd,
    nodeVersion: `${process.versions.node}, ${process.platform} ${process.arch}`,
    machine: { platform: process.platform, arch: process.arch },
    packageRoot: packageRoot(),
    clock: systemClock,
    signal,
    readFile: (path) => readText(resolve(cwd, path)),
    writeFile: (path, text, isNew) => writeText(resolve(cwd, path), text, isNew),
    writeProgram: (path, text) => writeProgram(resolve(cwd, path), text),
    ask: (question) => ask(question, signal),
    load: async (options) => {
      const { loadWorkspace } = await import("../../workspace/load.ts");
      return await loadWorkspace(options);
    },
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write(text) {
      if (text !== "" && !stream.destroyed) stream.write(text);
    },
  };
}

/** `bin` lies two folders below the package's, as source and as a bundle. */
function packageRoot(): string {
  return join(dirname(realpathSync(process.argv[1] ?? ".")), "..", "..");
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw fileError("read", path, error);
  }
}

async function writeText(path: string, text: string, isNew: boolean): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    if (isNew) {
      await writeFile(path, text, { flag: "wx" });
      return true;
    }
    await replaceText(path, text);
    return true;
  } catch (error) {
    if (isNew && (error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw fileError("write", path, error);
  }
}

async function writeProgram(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await replaceText(path, text, 0o755);
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/** Whoever reads it meanwhile gets the old text or the new one, never a part. */
async function replaceText(path: string, text: string, mode?: number): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(aside, text);
    if (mode !== undefined) await chmod(aside, mode);
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}

function fileError(verb: "read" | "write", path: string, cause: unknown): SnapformError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "EISDIR") {
    return new SnapformError("invalid-argument", `${path} is a folder`, {
      hint: "Name a file.",
      cause,
    });
  }
  const isRefused = code === "EACCES" || code === "EPERM" || code === "EROFS";
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const ours = isRefused ? "permission-denied" : isFull ? "resource-exhausted" : "unavailable";
  return new SnapformError(ours, `cannot ${verb} ${path}: ${message}`, { cause });
}

/**
 * Asks on the terminal. Without readline's own terminal mode Ctrl-C stays a signal, which the
 * process knows how to take.
 */
async function ask(question: string, signal: AbortSignal): Promise<string | null> {
  if (signal.aborted) return null;
  // Loaded here, because hardly any command asks.
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.stdout.write(question);
  try {
    const answer = await new Promise<string | null>((done) => {
      lines.once("line", done);
      lines.once("close", () => done(null));
      signal.addEventListener("abort", () => done(null), { once: true });
    });
    // The end of input, unlike a line, leaves the cursor behind the question.
    if (answer === null && !signal.aborted) process.stdout.write("\n");
    return answer;
  } finally {
    lines.close();
    // An open standard input would keep the process alive.
    process.stdin.unref?.();
  }
}
