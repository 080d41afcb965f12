import type { View } from "./view.ts";

const cluster = "";
const collection = "";
const address = "policy.";
const identity = "dir-";
const instant = "2026-01-01T00:00:00.000Z";
const hex = "0123456789abcdef";

/**
 * What a view of one policy usually says. Views are packed by what they have in common with it, so
 * its members stand in the order in which they are made. It is part of the form in which Terraform
 * keeps them: with any change of it, what was packed before cannot be read any more.
 */
const USUAL_VIEW: View = {
  at: instant,
  inventory: {
    observedAt: instant,
    clusters: [
      {
        name: cluster,
        engine: "qdrant",
        capabilities: {
          engine: "lancedb",
          create: "capture",
          scope: "collection",
          copyOut: false,
          idempotentCreate: true,
          survivesClusterLoss: false,
          tellsCollectionsApart: true,
          restore: {
            newCollection: true,
            isExclusive: true,
            inPlace: true,
            overwrite: true,
            alias: false,
          },
          pin: "own",
          checks: ["hashes", "count", "deep"],
          concurrency: 4,
        },
        topology: null,
        nodes: [],
        notices: [],
        restoreProblem: null,
        identity,
        version: "lance",
        collections: [
          {
            name: collection,
            identity,
            points: 1000,
            bytes: 1000,
            aliases: [],
            layout: null,
            problem: null,
          },
        ],
        reachable: true,
        problem: null,
      },
    ],
    repositories: [{ name: "vault", undoMs: 604_800_000, id: hex, status: "ok", problem: null }],
    snapshots: [
      {
        id: "20260101T000000Z-",
        cluster,
        collection,
        engine: "lancedb",
        clusterIdentity: identity,
        collectionIdentity: identity,
        owner: { project: "", lineage: hex, address },
        startedAt: instant,
        finishedAt: instant,
        scheduledFor: instant,
        description: null,
        points: { before: 1000, after: 1000 },
        layout: null,
        native: null,
        bytes: 1000,
        pinned: false,
        keepUntil: null,
        verifiedAt: null,
        copies: [{ place: "repository.vault", status: "complete", bytes: 1000, parts: [] }],
      },
    ],
    trash: [],
  },
  state: {
    formatVersion: 1,
    lineage: hex,
    serial: 1,
    project: "",
    lastSeenAt: instant,
    journalSeq: 1,
    clusters: { "": { identity } },
    repositories: { vault: { id: hex } },
    policies: { "policy.": { retention: { daily: 7, last: 3 }, minKeep: 1, at: instant } },
    snapshots: {
      "20260101T000000Z-": {
        id: "20260101T000000Z-",
        cluster,
        collection,
        clusterIdentity: identity,
        address,
        scheduledFor: instant,
        startedAt: instant,
        adoptedAt: null,
        description: null,
        keepUntil: null,
        native: null,
        pinned: false,
      },
    },
    runs: {
      'policy.["/"]': { scheduledFor: instant, status: "succeeded", at: instant, error: null },
    },
    shrinks: {},
    taken: {},
    restores: {},
    intents: {},
  },
  scope: { clusters: [""], isWhole: false, wanted: '["",["' },
};

export const USUAL_TEXT: string = JSON.stringify(USUAL_VIEW);
