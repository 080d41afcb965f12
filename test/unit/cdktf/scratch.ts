import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder of the test file that asks; the engine's own would stay behind. */
export const scratch = mkdtempSync(join(tmpdir(), "snapform-cdktf-"));

/** For `Testing.app`. */
export const appOptions = { outdir: join(scratch, "out") };

afterAll(() => rmSync(scratch, { recursive: true, force: true }));
