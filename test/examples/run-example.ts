// Runs an example as a reader would, in a process of its own.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";

const root = join(import.meta.dirname, "..", "..");

export interface ExampleRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** `env` is added to the environment of the test. */
export function runExample(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ExampleRun> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join("examples", "run.ts"), ...args], {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, stdout, stderr, seconds: (performance.now() - startedAt) / 1000 });
    });
  });
}

/** It ended well, in time, and says so. */
export function expectSuccess(run: ExampleRun, name: string, seconds = 50): void {
  expect(run.status, `${run.stderr}\n${run.stdout.slice(-2000)}`).toBe(0);
  expect(run.stdout).toContain(`Example ${name} did what it says`);
  expect(run.seconds).toBeLessThan(seconds);
}
