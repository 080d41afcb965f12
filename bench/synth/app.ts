// The program that bench/synth.ts measures: an app with as many policies as the first argument
// says, with the built library, synthesized into the folder of the second.
import { App, LocalBackend, TerraformStack } from "cdktf";
import type * as Library from "../../src/cdktf/index.ts";

const [count = "0", outdir = "cdktf.out"] = process.argv.slice(2);
const app = new App({ outdir });
const stack = new TerraformStack(app, "backups");
new LocalBackend(stack, { path: "terraform.tfstate" });
if (Number(count) > 0) {
  // Written so that an app without policies does not load the library either.
  const url = new URL("../../dist/cdktf/index.js", import.meta.url);
  const { BackupPolicy, SnapformProvider } = (await import(url.href)) as typeof Library;
  new SnapformProvider(stack, "snapform", {
    project: "bench",
    clusters: { local: { engine: "lancedb", uri: "./data" } },
    repositories: { vault: { type: "filesystem", path: "./vault" } },
  });
  for (let index = 0; index < Number(count); index += 1) {
    new BackupPolicy(stack, `policy-${index}`, {
      name: `policy-${index}`,
      cluster: "local",
      collections: [`docs-${index}`],
      schedule: { cron: `${index % 60} 2 * * *`, timezone: "Europe/Berlin" },
      retention: { last: 3, daily: 7, weekly: 4, monthly: 6 },
      repository: "vault",
    });
  }
}
app.synth();
