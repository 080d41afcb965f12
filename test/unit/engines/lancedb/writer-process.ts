import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A process that writes to a table. */
export interface Writer {
  roundCount(): number;
  /** How often LanceDB has refused a write because of a restore. */
  refusedCount(): number;
  stop(): Promise<void>;
}

/** Starts a writer of `docs` and waits for its first round. */
export async function startWriter(uri: string, mode: "append" | "churn"): Promise<Writer> {
  const script = fileURLToPath(new URL("writer.ts", import.meta.url));
  const child = spawn(process.execPath, [script, uri, mode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      resolve();
    });
    void exited.then(resolve);
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(stop);
  const countOf = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  return { roundCount: () => countOf(/^\d+$/gm), refusedCount: () => countOf(/^refused$/gm), stop };
}
