// What the Terraform provider costs, against what is there anyway, in turns and in medians:
//
// - from its start to the handshake, to a Node that does nothing (want at most 1.6 x);
// - `terraform plan` with one policy, to the same plan with a built-in resource (want +0.30 s);
// - the same with many policies that are refreshed and planned (want at most 2.5 x at 1,000), to
//   that of a provider with the same schema that does nothing (the limit for any provider), and
//   the memory of the provider at its peak (want at most 150 MiB at 1,000).
//
// Builds the provider first. Needs `terraform`, else `tofu`. RUNS and COUNT change how often, and
// how many policies; putting 1,000 under Terraform before takes some minutes.
//
//   node bench/terraform.ts

import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  buildProvider,
  writeProgram,
  writeProvider,
} from "../scripts/build/provider/build-provider.ts";
import { bundleProvider } from "../scripts/build/provider/bundle.ts";
import { shellScript } from "../scripts/build/provider/shell-script.ts";
import { median } from "./median.ts";

const runs = Number(process.env["RUNS"] ?? 15);
const count = Number(process.env["COUNT"] ?? 1000);
const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "snapform-bench-tf-"));

function line(name: string, values: readonly number[], unit: string, note: string): void {
  const shown = median(values).toFixed(unit === "s" ? 2 : 1);
  console.log(`  ${name.padEnd(38)} ${shown.padStart(8)} ${unit}  ${note}`);
}

/** Milliseconds until the process has ended, or said its first line. */
function time(
  program: string,
  args: readonly string[],
  until: "end" | "line",
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    let ms = NaN;
    child.on("error", reject);
    child.stdout.once("data", () => {
      if (until === "end") return;
      ms = performance.now() - startedAt;
      child.kill("SIGKILL");
    });
    child.on("close", () => resolve(until === "end" ? performance.now() - startedAt : ms));
  });
}

/** A certificate as Terraform makes them, for a handshake with TLS. */
function clientCertificate(): string {
  const wanted = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:secp521r1 -nodes -days 1";
  const args = [...wanted.split(" "), "-subj", "/CN=localhost", "-keyout", join(scratch, "key")];
  return spawnSync("openssl", args, { encoding: "utf8" }).stdout;
}

async function handshake(program: string): Promise<void> {
  const env = {
    ...process.env,
    TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    PLUGIN_PROTOCOL_VERSIONS: "5,6",
    PLUGIN_CLIENT_CERT: clientCertificate(),
    TMPDIR: scratch,
  };
  const [idle, provider]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < runs * 2 + 2; turn += 1) {
    const each = await time(process.execPath, ["-e", "0"], "end");
    const ours = await time(program, [], "line", env);
    if (turn < 2) continue;
    idle.push(each);
    provider.push(ours);
  }
  const ratio = median(provider) / median(idle);
  line("node -e 0", idle, "ms", "");
  line("provider, to the handshake", provider, "ms", `${ratio.toFixed(2)} x (want <= 1.6)`);
}

/** Counted: with `for_each` Terraform itself takes a minute for a thousand of its own. */
const builtIn = (amount: number): string => `resource "terraform_data" "all" {
  count = ${amount}
  input = "policy-\${count.index}"
}
`;

/** Policies of one collection each. */
const policies = (amount: number): string => `terraform {
  required_providers {
    snapform = { source = "snapform/snapform" }
  }
}
provider "snapform" {
  project      = "bench"
  clusters     = { local = { engine = "lancedb", uri = "./data" } }
  repositories = { vault = { type = "filesystem", path = "./vault" } }
}
resource "snapform_backup_policy" "all" {
  count       = ${amount}
  name        = "policy-\${count.index}"
  cluster     = "local"
  collections = ["of-policy-\${count.index}"]
  schedule    = { cron = "0 2 1 1 *" }
  retention   = { last = 3 }
  repository  = "vault"
}
`;

/** Takes the policies over: the runs that are due were made before. */
const imported = (amount: number): string => `${policies(amount)}import {
  for_each = { for index in range(${amount}) : "policy-\${index}" => index }
  to       = snapform_backup_policy.all[each.value]
  id       = each.key
}
`;

/** The same for the command line, which takes all first snapshots in one go. */
const yaml = (amount: number): string => `version: 1
project: bench
state: { path: ./vault/.snapform/bench }
clusters: { local: { engine: lancedb, uri: ./data } }
repositories: { vault: { type: filesystem, path: ./vault } }
policies:
${Array.from({ length: amount }, (_, index) => {
  const rules = 'schedule: { cron: "0 2 1 1 *" }, retention: { last: 3 }, repository: vault';
  return `  policy-${index}: { cluster: local, collections: [of-policy-${index}], ${rules} }\n`;
}).join("")}`;

interface Project {
  readonly name: string;
  write(text: string): void;
  /** Answers the seconds that it took. */
  terraform(...args: readonly string[]): Promise<number>;
}

function project(name: string, text: string, providerFolder: string): Project {
  const folder = join(scratch, name);
  mkdirSync(join(folder, "tmp"), { recursive: true });
  const write = (file: string): void => writeFileSync(join(folder, "main.tf"), file);
  write(text);
  const overrides = `dev_overrides {\n "snapform/snapform" = ${JSON.stringify(providerFolder)}\n}`;
  const setting = `provider_installation {\n${overrides}\ndirect {}\n}\n`;
  writeFileSync(join(folder, "rc"), setting);
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: join(folder, "rc"),
    TMPDIR: join(folder, "tmp"),
  };
  return {
    name,
    write,
    terraform(...args) {
      const startedAt = performance.now();
      return new Promise((resolve, reject) => {
        const child = spawn(binary, args, {
          cwd: folder,
          env,
          stdio: ["ignore", "ignore", "pipe"],
        });
        let said = "";
        child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
        child.on("error", reject);
        child.on("close", (status) => {
          if (status === 0) resolve((performance.now() - startedAt) / 1000);
          else
            reject(
              new Error(`${binary} ${args.join(" ")} in ${name}: ${status}\n${said.slice(-2_000)}`),
            );
        });
      });
    },
  };
}

const binary =
  ["terraform", "tofu"].find((name) => spawnSync(name, ["version"]).status === 0) ?? "terraform";

/** A table of one row for each policy, and a snapshot of each. */
async function snapshots(name: string, amount: number): Promise<void> {
  process.env["LANCEDB_LOG"] ??= "error";
  const { connect } = await import("@lancedb/lancedb");
  const cwd = join(scratch, name);
  const database = await connect(join(cwd, "data"));
  for (let index = 0; index < amount; index += 1) {
    await database.createTable(`of-policy-${index}`, [{ id: index, vector: [index, 1] }]);
  }
  writeFileSync(join(cwd, "snapform.yaml"), yaml(amount));
  const main = join(root, "src", "cli", "main.ts");
  const run = spawnSync(process.execPath, [main, "apply", "--yes"], { cwd, encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
}

/** Plans all in turns; the seconds of each. */
async function plans(turns: number, ...projects: readonly Project[]): Promise<number[][]> {
  const times: number[][] = projects.map(() => []);
  for (let turn = 0; turn < turns + 1; turn += 1) {
    for (const [index, each] of projects.entries()) {
      const seconds = await each.terraform("plan", "-detailed-exitcode");
      if (turn > 0) times[index]?.push(seconds);
    }
  }
  return times;
}

/** The provider, writing the most memory that it ever held to a file when it ends. */
function measured(providerFolder: string): { readonly folder: string; peakMiB(): number } {
  const folder = join(scratch, "measured");
  const peaks = join(scratch, "peaks");
  mkdirSync(folder);
  mkdirSync(peaks);
  const [name = ""] = readdirSync(providerFolder).filter((each) => each.startsWith("terraform-"));
  const note =
    'process.on("exit", () => require("fs").writeFileSync(' +
    `"${peaks}/" + process.pid, String(process.resourceUsage().maxRSS)));\n`;
  writeFileSync(join(scratch, "note.cjs"), note);
  const start = `NODE_OPTIONS="--require ${join(scratch, "note.cjs")}" exec "${join(providerFolder, name)}"`;
  writeFileSync(join(folder, name), `#!/bin/sh\n${start} "$@"\n`);
  chmodSync(join(folder, name), 0o755);
  return {
    folder,
    peakMiB: () => {
      const all = readdirSync(peaks).map((file) => Number(readFileSync(join(peaks, file), "utf8")));
      return Math.max(...all) / 1024;
    },
  };
}

/** Policies with a snapshot each, which Terraform has taken over. */
async function takenOver(name: string, amount: number, folder: string): Promise<Project> {
  const ours = project(name, imported(amount), folder);
  await snapshots(name, amount);
  await ours.terraform("apply", "-auto-approve");
  ours.write(policies(amount));
  return ours;
}

/** The folder of a provider that has our schema and does nothing. */
async function idleProvider(): Promise<string> {
  const folder = join(scratch, "idle");
  mkdirSync(folder);
  const { file } = await bundleProvider(root, "bench/idle-provider.ts");
  writeProgram(join(folder, "terraform-provider-snapform_v0.1.0"), shellScript(file));
  return folder;
}

async function one(folder: string): Promise<void> {
  const base = project("one-built-in", builtIn(1), folder);
  await base.terraform("apply", "-auto-approve");
  const ours = await takenOver("one", 1, folder);
  const [without = [], with_ = []] = await plans(runs, base, ours);
  const more = median(with_) - median(without);
  line("plan, terraform_data", without, "s", "");
  line("plan, one policy", with_, "s", `+${more.toFixed(2)} s (want <= +0.30)`);
}

async function many(folder: string): Promise<void> {
  const turns = Math.max(3, Math.round(runs / 3));
  const base = project("many-built-in", builtIn(count), folder);
  const idle = project("many-idle", policies(count), await idleProvider());
  for (const each of [base, idle]) await each.terraform("apply", "-auto-approve");
  const ours = await takenOver("many", count, folder);
  const [without = [], with_ = [], limit = []] = await plans(turns, base, ours, idle);
  const ratio = (one: readonly number[], other: readonly number[]): string =>
    (median(one) / median(other)).toFixed(2);
  line(`plan, ${count} terraform_data`, without, "s", "");
  line(`plan, ${count} of a provider that idles`, limit, "s", `${ratio(limit, without)} x`);
  const note = `${ratio(with_, without)} x (want <= 2.5 at 1,000), ${ratio(with_, limit)} x idling`;
  line(`plan, ${count} policies`, with_, "s", note);
  const watch = measured(folder);
  await project("many", policies(count), watch.folder).terraform("plan");
  const peak = watch.peakMiB();
  console.log(
    `  ${"memory of the provider".padEnd(38)} ${peak.toFixed(0).padStart(8)} MiB (want <= 150 at 1,000)`,
  );
}

try {
  const folder = join(scratch, "provider");
  mkdirSync(folder);
  const program = writeProvider(folder, await buildProvider(root));
  await handshake(program);
  await one(folder);
  await many(folder);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
