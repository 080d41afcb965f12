// Disks of a stage's own: small ones that fill up, and ones that may not be written. Only root can
// mount; `noMounts` says why a test has to be skipped.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stage } from "./stage.ts";

/** Why mounts cannot be made here; null where they can. */
export const noMounts: string | null = whyNoMounts();
if (noMounts !== null) console.warn(`Skips what needs a mount: ${noMounts}`);

/** A disk of two mebibytes. */
export function mountSmall(stage: Stage, name: string): () => void {
  return mount(stage, name, "-t", "tmpfs", "-o", "size=2m", "snapform-golden");
}

/** Makes a small disk large enough. */
export function growSmall(stage: Stage, name: string): void {
  const path = stage.path(name);
  execFileSync("mount", ["-o", "remount,size=64m", path], { stdio: "pipe" });
}

/** What is in the folder can be read and not written. */
export function mountReadOnly(stage: Stage, name: string): () => void {
  const path = stage.path(name);
  mkdirSync(path, { recursive: true });
  const release = mount(stage, name, "--bind", path);
  execFileSync("mount", ["-o", "remount,ro,bind", path], { stdio: "pipe" });
  return release;
}

function mount(stage: Stage, name: string, ...args: readonly string[]): () => void {
  const path = stage.path(name);
  mkdirSync(path, { recursive: true });
  execFileSync("mount", [...args, path], { stdio: "pipe" });
  let isMounted = true;
  const release = (): void => {
    if (isMounted) execFileSync("umount", ["-l", path], { stdio: "pipe" });
    isMounted = false;
  };
  stage.releases.push(release);
  return release;
}

function whyNoMounts(): string | null {
  if (process.platform !== "linux") return "this is not Linux";
  if (process.getuid?.() !== 0) return "not root";
  const folder = mkdtempSync(join(tmpdir(), "snapform-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "none", folder], { stdio: "pipe" });
    execFileSync("umount", [folder], { stdio: "pipe" });
    return null;
  } catch (error) {
    return `mount is refused: ${String(error)}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
