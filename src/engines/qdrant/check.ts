import type { EngineContext } from "../../engine/driver.ts";
import { SnapformError, type ErrorCode } from "../../errors/index.ts";
import { canonicalJson } from "../../plan/canonical-json.ts";
import type { CheckLevel } from "../../snapshot/capabilities.ts";
import type { CheckResult } from "../../snapshot/check.ts";
import type { Json } from "../../snapshot/json.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import { collectionDetails, countPoints, type CollectionDetails } from "./api/collections.ts";
import { readDetails } from "./details.ts";
import { schemaHash } from "./collection-layout.ts";
import type { ExpectedCollection } from "./restore-source.ts";
import { askAny } from "./ask-any.ts";
import { aliasTarget, lookAtNames } from "./run-marks.ts";
import type { QdrantSetting } from "./setting.ts";
import { isSettled, lookAtShards, whyUnsettled } from "./shard-watch.ts";

/** How strict a comparison is, and what a difference means. */
export interface CheckTerms {
  readonly collection: string;
  readonly expected: ExpectedCollection;
  /** What the snapshot is called in messages. */
  readonly subject: string;
  /** The code of a difference. */
  readonly code: Extract<ErrorCode, "corrupt" | "failed-precondition">;
  /** Whether payload indexes that the snapshot does not have are let pass. */
  readonly allowsMoreIndexes: boolean;
}

const NOT_DEEP =
  "Qdrant has no way to compare points with those of a snapshot's file, so nothing beyond their " +
  "exact number and the schema was compared.";

/**
 * Compares a collection with a manifest.
 *
 * @throws SnapformError `not-found`; `failed-precondition` when it differs or does not serve
 */
export async function checkCollection(
  setting: QdrantSetting,
  collection: string,
  manifest: Manifest,
  level: CheckLevel,
  context: EngineContext,
): Promise<CheckResult> {
  const { signal } = context;
  const names = await lookAtNames(setting, signal);
  const target = aliasTarget(names, collection) ?? collection;
  if (!names.collections.has(target)) {
    throw new SnapformError("not-found", `cluster ${setting.cluster}: no collection ${collection}`);
  }
  const view = await lookAtShards(setting, target, signal);
  if (!isSettled(view)) {
    const text = `collection ${JSON.stringify(target)} does not serve as a whole`;
    throw new SnapformError("failed-precondition", `${text}: ${whyUnsettled(view)}`);
  }
  const details = readDetails(manifest.details);
  return compareCollection(
    setting,
    {
      collection: target,
      expected: {
        points: manifest.points,
        payloadSchema: details?.payloadSchema ?? null,
        layout: manifest.layout,
      },
      subject: `snapshot ${manifest.id}`,
      code: "failed-precondition",
      allowsMoreIndexes: false,
    },
    level,
    signal,
  );
}

/** Compares a collection whose replicas all serve; counts whatever the level. */
export async function compareCollection(
  setting: QdrantSetting,
  terms: CheckTerms,
  level: CheckLevel,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { collection, expected } = terms;
  const { timeouts } = setting;
  const details = await askAny(setting.nodes, ({ client }) =>
    collectionDetails(client, collection, { signal, timeoutMs: timeouts.lookMs }),
  );
  requireHealthy(terms, details);
  const findings = [
    `Every replica of ${JSON.stringify(collection)} serves on every node, and its status is ` +
      `${details.status}.`,
    ...schemaFindings(terms, details),
  ];
  const count = await askAny(setting.nodes, ({ client }) =>
    countPoints(client, collection, { signal, timeoutMs: timeouts.workMs }),
  );
  findings.push(countFinding(terms, count));
  if (level === "hashes") return { level, findings, limitation: null };
  if (expected.points === null) {
    const limitation = "Nobody recorded how many points the snapshot has.";
    return { level: "hashes", findings, limitation };
  }
  return { level: "count", findings, limitation: level === "deep" ? NOT_DEEP : null };
}

function requireHealthy({ collection }: CheckTerms, details: CollectionDetails): void {
  const { status, optimizerProblem } = details;
  const quoted = JSON.stringify(collection);
  if (optimizerProblem !== null) {
    const text = `the optimizer of collection ${quoted} has failed: ${optimizerProblem}`;
    throw new SnapformError("failed-precondition", text);
  }
  if (status !== "red") return;
  throw new SnapformError("failed-precondition", `collection ${quoted} has the status red`);
}

function schemaFindings(terms: CheckTerms, details: CollectionDetails): string[] {
  const { expected, subject } = terms;
  const findings: string[] = [];
  if (expected.layout !== null) {
    if (schemaHash(details.config) !== expected.layout.schemaHash) {
      throw differs(terms, `its vectors are configured otherwise than those of ${subject}`);
    }
    findings.push(`Its vectors are configured like those of ${subject}.`);
  }
  if (expected.payloadSchema === null) return findings;
  const wanted = indexesOf(expected.payloadSchema);
  const actual = indexesOf(details.payloadSchema);
  for (const [name, index] of wanted) {
    const found = actual.get(name);
    if (found !== undefined && isIndexLike(found, index)) continue;
    const what =
      found === undefined
        ? "is missing"
        : `is ${canonicalJson(found)} and not ${canonicalJson(index)}`;
    throw differs(terms, `the index of its payload field ${JSON.stringify(name)} ${what}`);
  }
  const more = [...actual.keys()].filter((name) => !wanted.has(name));
  if (more.length > 0 && !terms.allowsMoreIndexes) {
    throw differs(terms, `it has payload indexes that ${subject} has not: ${more.join(", ")}`);
  }
  findings.push(`Its ${wanted.size} payload index(es) are those of ${subject}.`);
  if (more.length > 0) findings.push(`It keeps payload indexes of its own: ${more.join(", ")}.`);
  return findings;
}

function countFinding(terms: CheckTerms, count: number): string {
  const { expected, subject } = terms;
  if (expected.points === null) return `It has ${count} points.`;
  const { before, after } = expected.points;
  const [least, most] = [Math.min(before, after), Math.max(before, after)];
  if (count < least || count > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw differs(terms, `it has ${count} points, and ${subject} has ${wanted}`);
  }
  if (least === most) return `It has ${count} points, exactly as many as ${subject}.`;
  return (
    `It has ${count} points; while ${subject} was taken there were between ${least} and ${most}, ` +
    "and each shard was frozen at its own moment."
  );
}

function differs({ collection, code }: CheckTerms, why: string): SnapformError {
  return new SnapformError(code, `collection ${JSON.stringify(collection)}: ${why}`);
}

/** What an index is: its type and parameters, without those that are null. */
export type PayloadIndex = Readonly<Record<string, Json>>;

/** Field name to what its index is, without how many points it has by now. */
export function indexesOf(payloadSchema: Json): ReadonlyMap<string, PayloadIndex> {
  if (typeof payloadSchema !== "object" || payloadSchema === null) return new Map();
  const entries = Object.entries(payloadSchema as Readonly<Record<string, Json>>);
  return new Map(
    entries.map(([name, index]) => {
      const { data_type: type = null, params } = (index ?? {}) as PayloadIndex;
      const members = Object.entries({ type, ...(params as PayloadIndex | null) });
      return [name, Object.fromEntries(members.filter(([, value]) => value !== null))];
    }),
  );
}

/** Whether an index has all that is wanted; later versions tell more of the same one. */
export function isIndexLike(found: PayloadIndex, wanted: PayloadIndex): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => canonicalJson(found[name] ?? null) === canonicalJson(value),
  );
}
