// A stage with a Qdrant cluster: the real process, over the network, against the fake servers of
// `snapform/testing`. A test says what the servers do and what a person types; it asserts what that
// person sees, and what lies on the disks of the nodes and in the vault afterwards.
import { createHmac } from "node:crypto";
import { afterAll } from "vitest";
import {
  startFakeQdrant,
  type FakeQdrant,
  type FakeQdrantOptions,
} from "../../../src/testing/qdrant/fake-qdrant.ts";
import { openStage, plain, type Ended, type Env, type Running, type Stage } from "./stage.ts";

const KEY = "key-of-the-owner";
const running: FakeQdrant[] = [];

afterAll(() => Promise.all(running.map((fake) => fake.close())));

/** Servers of a test; they end with the file. */
export async function openServers(options: FakeQdrantOptions = {}): Promise<FakeQdrant> {
  const fake = await startFakeQdrant(options);
  running.push(fake);
  return fake;
}

export interface QdrantParts {
  /** The addresses of the nodes; those of the servers if left out. */
  readonly nodes?: readonly string[];
  /** `${env:KEY}` in a field of the cluster, e.g. `apiKey: "${env:KEY}"`. */
  readonly access?: string;
  readonly collections?: string;
  readonly retention?: string;
  /** False: there is no vault; snapshots stay on the nodes. */
  readonly hasVault?: boolean;
  /** More lines of the policy. */
  readonly policy?: string;
  /** More clusters, one line each. */
  readonly clusters?: string;
  /** More sections. */
  readonly more?: string;
}

/** A configuration with the cluster `prod`, the repository `vault` and the policy `nightly`. */
export function qdrantConfig(urls: readonly string[], parts: QdrantParts = {}): string {
  const access = parts.access === undefined ? "" : `, ${parts.access}`;
  const hasVault = parts.hasVault ?? true;
  return `version: 1
project: golden
clusters:
  prod: { engine: qdrant, nodes: ${JSON.stringify(parts.nodes ?? urls)}${access} }
${parts.clusters ?? ""}
${hasVault ? "repositories:\n  vault: { type: filesystem, path: ./vault }" : ""}
policies:
  nightly:
    cluster: prod
    collections: ${parts.collections ?? "[docs]"}
    schedule: { cron: "0 2 * * *" }
    retention: ${parts.retention ?? "{ last: 3 }"}
${hasVault ? "    repository: vault" : ""}
${parts.policy ?? ""}
${parts.more ?? ""}`.trimEnd();
}

/** Servers, and a stage whose configuration names them. */
export class QdrantStage {
  readonly fake: FakeQdrant;
  readonly stage: Stage;
  readonly #env: Env;

  constructor(fake: FakeQdrant, stage: Stage, env: Env) {
    this.fake = fake;
    this.stage = stage;
    this.#env = env;
  }

  start(line: string): Running {
    return this.stage.start(line.split(" "), this.#env);
  }

  snapform(line: string): Promise<Ended> {
    return this.start(line).ended;
  }

  /** Runs a command that has to end well. */
  async done(line: string): Promise<string> {
    const ended = await this.snapform(line);
    if (ended.status !== 0) throw new Error(`${line}: ${JSON.stringify(ended)}`);
    return plain(ended.stdout);
  }

  configure(parts: QdrantParts): void {
    this.stage.write("snapform.yaml", `${qdrantConfig(this.fake.urls, parts)}\n`);
  }

  /** The files on each node's disk, without the folders before them. */
  async disks(): Promise<readonly (readonly string[])[]> {
    return Promise.all(
      this.fake.nodes.map(async (node) =>
        (await node.files())
          .filter((path) => !path.endsWith(".checksum"))
          .map((path) => path.replace(/^snapshots\//, "")),
      ),
    );
  }

  /** How many snapshots each node's disk has. */
  async counts(): Promise<readonly number[]> {
    return (await this.disks()).map(({ length }) => length);
  }

  /** The manifests in the vault. */
  copies(): readonly string[] {
    return this.stage.files("vault/snapshots", /[0-9a-f]{8}\.json$/);
  }

  /** Everything of the vault that is not the body of a file. */
  unfinished(): readonly string[] {
    return this.stage.files("vault/staging", /./);
  }
}

/** A cluster with the collection `docs` of 60 points, and a stage for it. */
export async function openQdrantStage(
  options: FakeQdrantOptions = {},
  parts: QdrantParts = {},
  env: Env = {},
): Promise<QdrantStage> {
  const fake = await openServers(options);
  await makeCollection(fake, "docs", 60);
  const stage = openStage(qdrantConfig(fake.urls, parts));
  return new QdrantStage(fake, stage, env);
}

/** Makes a collection over REST, as an application would: one shard per node, ids from 0. */
export async function makeCollection(
  fake: FakeQdrant,
  name: string,
  count: number,
  shape: object = {},
): Promise<void> {
  const vectors = { size: 4, distance: "Dot" };
  const body = { vectors, shard_number: fake.nodes.length, replication_factor: 1, ...shape };
  await ask(fake, "PUT", `/collections/${name}`, body);
  await writePoints(fake, name, count);
}

/** Writes points with ids from 0; another edition has other contents. */
export async function writePoints(
  fake: FakeQdrant,
  name: string,
  count: number,
  edition = 0,
): Promise<void> {
  const points = Array.from({ length: count }, (_, id) => ({
    id,
    vector: [id, edition, 1, 0],
    payload: { edition },
  }));
  await ask(fake, "PUT", `/collections/${name}/points?wait=true`, { points });
}

export async function ask(
  fake: FakeQdrant,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(`${fake.urls[0]}${path}`, {
    method,
    headers: { "content-type": "application/json", "api-key": KEY },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status}: ${text}`);
  return (JSON.parse(text) as { readonly result: unknown }).result;
}

/** Servers that want a key: this one may do everything. */
export const ownerKey: string = KEY;

/** A token that servers with the owner's key take for what its claims say. */
export function tokenOf(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", KEY).update(signed).digest("base64url")}`;
}

/** The name by which messages call a node. */
export function nodeName(fake: FakeQdrant, index: number): string {
  return fake.urls[index]?.replace("http://", "") ?? "";
}
