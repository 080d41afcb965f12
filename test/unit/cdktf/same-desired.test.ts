// The synthesized project and the YAML come to the same desired state: on every example, and on a
// configuration that uses everything.
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../src/config/load-config.ts";
import { readConfigFilesSync } from "../../../src/config/read-files.ts";
import type { Desired } from "../../../src/desired/desired.ts";
import { engines } from "./engines.ts";
import { resolveProject } from "./terraform-json.ts";

const scratch = mkdtempSync(join(tmpdir(), "snapform-same-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const whole = `
version: 1
project: whole
state: { path: ../state }
clusters:
  "local-1": { engine: lancedb, uri: "\${env:DATA}/db", concurrency: 3 }
  prod:
    engine: qdrant
    nodes: [https://a.example:6333, { url: https://b.example:6333, apiKey: "\${env:NODE_KEY}" }]
    apiKey: \${env:PROD_KEY}
    caFile: ca.pem
    timeout: 30s
  milvus: { engine: milvus, address: milvus:19530, username: backup, password: plain-text }
  cloud: { engine: zilliz, address: https://c.example, apiKey: "\${env:PROD_KEY}" }
repositories:
  vault: { type: filesystem, path: ./vault, hash: blake3, undo: 0 }
policies:
  nightly:
    cluster: prod
    collections: ["docs-*", "!docs-tmp", "odd-$\${x}-%{y}"]
    schedule: { cron: "0 2 * * *", timezone: Europe/Berlin }
    retention: { last: 3, daily: 7, weekly: all, withinYearly: 10y, minKeep: 2 }
    repository: vault
    keepOnCluster: 2
    description: "100 %{ and $\${ stay"
  2-weekly:
    cluster: local-1
    collections: ["*"]
    schedule: { cron: "0 3 1 * 1", dayMatch: all }
    retention: keep
snapshots:
  nightly: { cluster: local-1, collection: docs, description: the same name as a policy }
restores:
  by-policy:
    from: { policy: nightly, collection: docs-en, at: "2026-11-01T00:00:00+02:00" }
    to: { cluster: prod, collection: docs-2, ifExists: alias, alias: docs, aliases: true }
    check: count
  by-snapshot:
    from: { snapshot: nightly }
    to: { cluster: local-1, collection: docs-3, ifExists: replace, keepReplaced: 1d }
  by-repository:
    from: { repository: vault, cluster: gone, collection: docs }
    to: { cluster: local-1, collection: docs-4 }
    refresh: once
moved:
  - { from: policy.every-day, to: policy.daily }
  - { from: policy.daily, to: policy.nightly }
  - { from: policy.first, to: policy.every-day }
  - { from: snapshot.first, to: snapshot.nightly }
`;

const env = { DATA: "/var/data", NODE_KEY: "node-secret", PROD_KEY: "prod-secret" };
/** The variable of the secret that is written as it is. */
const literal = { milvus_password: "plain-text" };

/** Secrets of the desired state, which do not show themselves. */
function secretsOf({ clusters }: Omit<Desired, "fingerprint">): unknown {
  return clusters.map(({ name, apiKey, token, password, nodes }) => ({
    name,
    secrets: [apiKey, token, password, ...nodes.map((node) => node.apiKey)].map(
      (secret) => secret?.reveal() ?? null,
    ),
  }));
}

function withoutSecrets(desired: Omit<Desired, "fingerprint">): unknown {
  const clusters = desired.clusters.map((cluster) => ({
    ...cluster,
    apiKey: null,
    token: null,
    password: null,
    nodes: cluster.nodes.map(({ url }) => ({ url })),
  }));
  const { fingerprint: _, ...rest } = desired as Desired;
  return { ...rest, clusters };
}

describe.each(engines)("synthesis of YAML on $name", ({ synth }) => {
  const out = join(scratch, "infra", "prod");

  async function expectSame(files: readonly string[], directory: string): Promise<string> {
    // Secrets are not needed to synthesize, and known to both afterwards.
    const data = { DATA: env.DATA };
    const { synthesis, diagnostics } = await synth.synthesize({ files, directory, env: data, out });
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const text = synthesis?.text ?? "";
    const others = synthesis?.variables.map((name) => [name, `the value of ${name}`]) ?? [];
    const secrets = { ...(Object.fromEntries(others) as Record<string, string>), ...env };
    const project = resolveProject(text, { ...secrets, ...literal }, out);
    const request = { files: readConfigFilesSync(files, directory), env: secrets };
    const { desired, statePath } = loadConfig({ ...request, workingDirectory: directory });
    if (desired === null) throw new Error("the YAML is not valid");
    expect(withoutSecrets(project.desired)).toEqual(withoutSecrets(desired));
    expect(secretsOf(project.desired)).toEqual(secretsOf(desired));
    expect(project.statePath).toBe(statePath);
    return text;
  }

  const examples = globSync("examples/*/snapform*.yaml");

  test("finds the examples", () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
  });

  test.each(examples)("comes to the desired state of %s", async (file) => {
    await expectSame([file.replace(/^.*\//, "")], resolve(dirname(file)));
    await expectSame([file], process.cwd());
  });

  test("comes to the desired state of everything there is, without a secret", async () => {
    const folder = join(scratch, "whole");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "snapform.yaml"), whole);
    const text = await expectSame(["snapform.yaml"], folder);
    expect(text).not.toMatch(/node-secret|prod-secret|plain-text/);
    expect(text).toContain('"uri": "/var/data/db"');
    expect(text).toContain('"ca_file": "../../whole/ca.pem"');
    expect(JSON.parse(text)).toMatchObject({
      resource: {
        snapform_backup_policy: { nightly: { former_names: ["daily", "every-day", "first"] } },
      },
    });
    // A move, and a name that Terraform would not have.
    expect(text).toContain('"from": "snapform_backup_policy.daily"');
    expect(text).toContain('"_2-weekly": {');
  });

  test("takes several files in several folders as one", async () => {
    const folder = join(scratch, "several");
    cpSync("examples/quickstart/snapform.yaml", join(folder, "base", "snapform.yaml"));
    const more = `
version: 1
project: quickstart
clusters:
  other: { engine: lancedb, uri: ./other }
snapshots:
  first: { cluster: other, collection: docs }
`;
    writeFileSync(join(folder, "more.yaml"), more);
    const text = await expectSame(["base/snapform.yaml", "more.yaml"], folder);
    expect(text).toContain('"uri": "../../several/other"');
    // The implied repository lies beside the first file.
    expect(text).toContain('"path": "../../several/base/.snapform/vault"');
  });

  test("gives the same text every time", async () => {
    const request = { files: ["snapform.yaml"], directory: join(scratch, "whole"), env, out };
    const first = await synth.synthesize(request);
    expect((await synth.synthesize(request)).synthesis?.text).toBe(first.synthesis?.text);
  });
});
