import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { SnapformError } from "../errors/index.ts";
import type { ConfigFile } from "./load-config.ts";

/**
 * Reads configuration files as UTF-8, in the order given.
 *
 * @throws SnapformError `not-found`, `permission-denied`, `invalid-argument` (a folder, or not
 *   UTF-8), `unavailable`
 */
export async function readConfigFiles(
  paths: readonly string[],
  workingDirectory: string,
): Promise<readonly ConfigFile[]> {
  return Promise.all(paths.map((path) => readConfigFile(path, workingDirectory)));
}

/**
 * The same at once, for programs that cannot wait, as those that declare constructs.
 *
 * @throws SnapformError as `readConfigFiles`
 */
export function readConfigFilesSync(
  paths: readonly string[],
  workingDirectory: string,
): readonly ConfigFile[] {
  return paths.map((path) => {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(resolve(workingDirectory, path));
    } catch (error) {
      throw readError(path, error as NodeJS.ErrnoException);
    }
    return configFile(path, bytes);
  });
}

async function readConfigFile(path: string, workingDirectory: string): Promise<ConfigFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(resolve(workingDirectory, path));
  } catch (error) {
    throw readError(path, error as NodeJS.ErrnoException);
  }
  return configFile(path, bytes);
}

function configFile(path: string, bytes: Uint8Array): ConfigFile {
  try {
    // The mark stays in the text, so that it can be reported with its place.
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return Object.freeze({ path, text: decoder.decode(bytes) });
  } catch (cause) {
    throw new SnapformError("invalid-argument", `${path} is not UTF-8 text`, {
      hint: "Save the file as UTF-8.",
      cause,
    });
  }
}

function readError(path: string, cause: NodeJS.ErrnoException): SnapformError {
  if (cause.code === "ENOENT" || cause.code === "ENOTDIR") {
    const hint = "Create snapform.yaml in this folder, or name the configuration with -f FILE.";
    return new SnapformError("not-found", `there is no file ${path}`, { hint, cause });
  }
  if (cause.code === "EISDIR") {
    const hint = `Name a file, such as -f ${path.replace(/[\\/]+$/, "")}/snapform.yaml.`;
    return new SnapformError("invalid-argument", `${path} is a folder`, { hint, cause });
  }
  if (cause.code === "EACCES" || cause.code === "EPERM") {
    const hint = "Allow your user to read the file.";
    return new SnapformError("permission-denied", `may not read ${path}`, { hint, cause });
  }
  const message = `cannot read ${path}: ${cause.message}`;
  return new SnapformError("unavailable", message, { retryable: true, cause });
}
