import { startFakeQdrant, type FakeQdrant } from "../../src/testing/qdrant/fake-qdrant.ts";

/** The clusters of the story. */
export interface Servers {
  readonly nodes: readonly string[];
  /** Where the collection goes when the first cluster is lost. */
  readonly spareNodes: readonly string[];
  readonly apiKey: string | null;
  /** What the collections are called; on live servers with the prefix of tests. */
  readonly collection: string;
  readonly alias: string;
  /** Takes one node down, or up again; null where nobody can: on live servers. */
  readonly outage: Outage | null;
  close(): Promise<void>;
}

export interface Outage {
  stopOne(): Promise<void>;
  startOne(): Promise<void>;
  /** The first cluster is lost for good. */
  loseAll(): Promise<void>;
}

/** Live servers where SNAPFORM_QDRANT_NODES names them (URL,URL,URL), else fake ones. */
export async function openServers(env: NodeJS.ProcessEnv): Promise<Servers> {
  const live = env["SNAPFORM_QDRANT_NODES"]?.split(",").map((url) => url.trim()) ?? [];
  return live.length > 0 ? liveServers(live, env["SNAPFORM_QDRANT_API_KEY"] ?? null) : fakes();
}

function liveServers(nodes: readonly string[], apiKey: string | null): Servers {
  return {
    nodes,
    // One cluster is all there is: the spare one is the same, under another name of collection.
    spareNodes: nodes,
    apiKey,
    collection: "snapform-test-collection",
    alias: "snapform-test-documents",
    outage: null,
    close: () => Promise.resolve(),
  };
}

async function fakes(): Promise<Servers> {
  const apiKey = "key-of-the-example";
  const keys = { apiKey };
  const first = await startFakeQdrant({ nodes: 3, keys });
  const spare = await startFakeQdrant({ nodes: 2, keys });
  return {
    nodes: first.urls,
    spareNodes: spare.urls,
    apiKey,
    collection: "test_collection",
    alias: "documents",
    outage: outageOf(first),
    close: async () => {
      await first.close();
      await spare.close();
    },
  };
}

function outageOf(fake: FakeQdrant): Outage {
  const node = fake.nodes[1];
  return {
    stopOne: async () => node?.stop(),
    startOne: async () => node?.start(),
    loseAll: async () => {
      for (const each of fake.nodes) await each.stop();
    },
  };
}
