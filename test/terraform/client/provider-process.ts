import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isAlive } from "../running.ts";
import { createIdentity, type Identity } from "./identity.ts";

const MAIN = join(import.meta.dirname, "..", "example-main.ts");

export const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** How a process ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A provider that was started, whether or not it has shaken hands. */
export interface ProviderProcess {
  readonly pid: number;
  /** Shown by Terraform; what the provider was told to expect. */
  readonly identity: Identity;
  /** Its folder for temporary files, and the one in which the example keeps things. */
  readonly temporary: string;
  readonly store: string;
  /** The first line on stdout; rejects where the process ends without one. */
  readonly handshake: Promise<string>;
  readonly ended: Promise<Ended>;
  isAlive(): boolean;
  kill(signal: NodeJS.Signals): void;
  /** Ends it by SIGKILL if it still runs, and removes its folders. */
  close(): Promise<void>;
}

/** `env` is added to what Terraform sets; a variable that is undefined there is not set at all. */
export async function startProvider(env: NodeJS.ProcessEnv = {}): Promise<ProviderProcess> {
  const temporary = await mkdtemp(join(tmpdir(), "sf-plugin-"));
  const store = await mkdtemp(join(tmpdir(), "sf-store-"));
  const identity = createIdentity();
  const child = spawn(process.execPath, [MAIN], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      TMPDIR: temporary,
      TF_PLUGIN_MAGIC_COOKIE: COOKIE,
      PLUGIN_PROTOCOL_VERSIONS: "5,6",
      PLUGIN_CLIENT_CERT: identity.cert,
      ...env,
    },
  });
  const texts = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal, ...texts }));
  });
  const handshake = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    ended.then(() => reject(new Error(`no handshake: ${texts.stderr}`)), reject);
  });
  // A test of a provider that does not shake hands does not look at it.
  handshake.catch(() => undefined);
  const pid = child.pid ?? 0;
  return {
    pid,
    identity,
    temporary,
    store,
    handshake,
    ended,
    isAlive: () => child.exitCode === null && child.signalCode === null && isAlive(pid),
    kill: (signal) => void child.kill(signal),
    async close() {
      child.kill("SIGKILL");
      await ended;
      for (const folder of [temporary, store]) await rm(folder, { recursive: true, force: true });
    },
  };
}
