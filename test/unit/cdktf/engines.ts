// The library with each of its two engines. With the second it is bundled, as the build makes it:
// the same source, another import.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as cdktf from "cdktf";
import { build } from "esbuild";
import * as ours from "../../../src/cdktf/index.ts";
import * as synth from "../../../src/cdktf/synth.ts";
import * as program from "../../golden/cdktf/program.ts";

export interface Engine {
  readonly name: string;
  readonly cdk: typeof cdktf;
  readonly ours: typeof ours;
  readonly synth: typeof synth;
  readonly program: typeof program;
}

async function secondEngine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), "snapform-cdktn-"));
  try {
    const outfile = join(folder, "library.mjs");
    await build({
      stdin: {
        contents: `
          import * as cdk from "cdktf";
          export { cdk };
          export * as ours from "./src/cdktf/index.ts";
          export * as synth from "./src/cdktf/synth.ts";
          export * as program from "./test/golden/cdktf/program.ts";
        `,
        resolveDir: join(import.meta.dirname, "..", "..", ".."),
        loader: "ts",
      },
      alias: { cdktf: "cdktn" },
      bundle: true,
      format: "esm",
      platform: "node",
      banner: {
        js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);',
      },
      outfile,
      logLevel: "warning",
    });
    const library = (await import(pathToFileURL(outfile).href)) as Omit<Engine, "name">;
    return { name: "cdktn", ...library };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const engines: readonly Engine[] = [
  { name: "cdktf", cdk: cdktf, ours, synth, program },
  await secondEngine(),
];
