import { desired, workingDirectory } from "../../config/load.ts";
import type { Desired } from "../../../../src/desired/desired.ts";
import { resolveProvider, resolveResource } from "../../../../src/terraform/schema/convert.ts";
import type { Mistake } from "../../../../src/terraform/schema/mistake.ts";
import type { ResourceTypeName } from "../../../../src/terraform/schema/resource-config.ts";
import type { TerraformObject } from "../../../../src/terraform/schema/schema.ts";

export const around = { env: {}, directory: workingDirectory };

/** What stands in every configuration of these tests, in YAML and in HCL. */
export const baseYaml = `version: 1
project: search-backups
state: { path: ./record }
clusters:
  local: { engine: lancedb, uri: ./data, concurrency: 2 }
  prod:
    engine: qdrant
    nodes: [{ url: "https://node-0.example:6333", apiKey: hunter3 }, https://node-1.example:6333]
    apiKey: \${env:SNAPFORM_PROD_API_KEY}
    caFile: ./ca.pem
    timeout: 30s
  cloud: { engine: zilliz, address: "https://in01.example", apiKey: hunter4 }
  old: { engine: milvus, address: "milvus:19530", username: backup, password: hunter5 }
repositories:
  vault: { type: filesystem, path: ./vault, hash: blake3, undo: 3d }
`;

export const baseProvider: TerraformObject = {
  project: "search-backups",
  state: { path: "./record" },
  clusters: {
    local: { engine: "lancedb", uri: "./data", concurrency: 2 },
    prod: {
      engine: "qdrant",
      nodes: [
        { url: "https://node-0.example:6333", api_key: "hunter3" },
        { url: "https://node-1.example:6333", api_key: null },
      ],
      api_key: null,
      ca_file: "./ca.pem",
      timeout: "30s",
    },
    cloud: { engine: "zilliz", address: "https://in01.example", api_key: "hunter4" },
    old: { engine: "milvus", address: "milvus:19530", username: "backup", password: "hunter5" },
  },
  repositories: { vault: { type: "filesystem", path: "./vault", hash: "blake3", undo: "3d" } },
  defaults: null,
};

export const baseEnv = { SNAPFORM_PROD_API_KEY: "hunter2" };

/** A policy with all that is required and nothing else. */
export const leanPolicy: TerraformObject = {
  name: "nightly",
  cluster: "prod",
  collections: ["*"],
  schedule: { cron: "0 2 * * *" },
  retention: { last: "3" },
};

export const leanRestore: TerraformObject = {
  name: "staging",
  from: { policy: "nightly", cluster: "prod", collection: "docs" },
  to: { cluster: "local", collection: "docs-restored" },
};

/** Two of them are equal when what is desired is, secrets and where they come from included. */
export function comparable(whole: Desired): unknown {
  const clusters = whole.clusters.map((cluster) => ({
    ...cluster,
    secrets: [cluster.apiKey, cluster.token, cluster.password, ...cluster.nodes]
      .map((each) => (each !== null && "url" in each ? each.apiKey : each))
      .map((secret) => secret?.reveal()),
  }));
  return JSON.parse(JSON.stringify({ ...whole, clusters })) as unknown;
}

export function fromYaml(more: string): Desired {
  return desired(baseYaml + more, baseEnv);
}

export function fromTerraform(
  type: ResourceTypeName,
  value: TerraformObject,
  provider: TerraformObject = baseProvider,
): Desired {
  const resolved = resolveResource(type, value, provider, { ...around, env: baseEnv });
  if (resolved.desired === null) throw new Error(told(resolved.mistakes).join("\n"));
  return resolved.desired;
}

/** `schedule.cron invalid-cron: At schedule.cron: ...`, a line each, warnings left out. */
export function told(mistakes: readonly Mistake[]): readonly string[] {
  return mistakes
    .filter(({ severity }) => severity === "error")
    .map(({ path, code, detail }) => `${path.join(".")} ${code}: ${detail}`);
}

export function toldOfProvider(
  change: TerraformObject,
  env: Readonly<Record<string, string>> = baseEnv,
): readonly string[] {
  return told(resolveProvider({ ...baseProvider, ...change }, { ...around, env }).mistakes);
}
