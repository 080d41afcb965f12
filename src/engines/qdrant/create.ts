import type { EngineContext, NativeCreateRequest, NativeSnapshot } from "../../engine/driver.ts";
import { isSnapformError, SnapformError } from "../../errors/index.ts";
import { coversAll } from "../../snapshot/layout.ts";
import type { CopyStatus, SnapshotPart } from "../../snapshot/snapshot.ts";
import { countPoints } from "./api/collections.ts";
import type { ClusterLook } from "./cluster.ts";
import {
  AttemptBook,
  readAttempt,
  type CreateAttempt,
  type NodeAttempt,
} from "./create-attempt.ts";
import { makePart } from "./create-part.ts";
import { planCreate, type CreatePlan, type PartMaker } from "./create-plan.ts";
import { layoutOfDetails, writeDetails, type DetailsPart, type QdrantDetails } from "./details.ts";
import { statusOfFile, statusOfSet } from "./known-native.ts";
import { fateOf, listFiles } from "./listing.ts";
import { askAny } from "./ask-any.ts";
import { lookOptions, type QdrantSetting } from "./setting.ts";
import { formatKey, parseSnapshotFile } from "./snapshot-key.ts";

/**
 * Has every member that holds shards make its part, all at the same time, and goes on with what an
 * earlier attempt has made. A member that fails leaves the snapshot partial, unless the others
 * hold all shards.
 *
 * @throws SnapformError `not-found` without the collection, the members' own when none made a part
 */
export async function createNative(
  setting: QdrantSetting,
  request: NativeCreateRequest,
  context: EngineContext,
): Promise<NativeSnapshot> {
  const { collection } = request;
  const { signal } = context;
  const plan = await planCreate(setting, collection, signal);
  const attempt = readAttempt(request.earlier) ?? (await begin(setting, request, plan, signal));
  const book = new AttemptBook(attempt, (details) => request.record(details));
  context.progress({ phase: "taking snapshot" });
  const made = await makeParts(setting, { collection, book, makers: plan.makers }, context);
  const left = await leftParts(setting, { collection, plan, attempt: book.attempt }, signal);
  const after = await countNow(setting, plan.look, collection, signal);
  const finishedAt = setting.clock.now().toISOString();
  return nativeOf(request, plan, { ...made, left, attempt: book.attempt, after, finishedAt });
}

async function begin(
  setting: QdrantSetting,
  { collection }: NativeCreateRequest,
  { look }: CreatePlan,
  signal: AbortSignal,
): Promise<CreateAttempt> {
  const pointsBefore = await countNow(setting, look, collection, signal);
  return { format: 1, startedAt: setting.clock.now().toISOString(), pointsBefore, nodes: [] };
}

function countNow(
  setting: QdrantSetting,
  look: ClusterLook,
  collection: string,
  signal: AbortSignal,
): Promise<number> {
  return askAny(look.live, ({ node }) =>
    node.turns.run(signal, () =>
      countPoints(node.client, collection, lookOptions(setting, signal)),
    ),
  );
}

interface Making {
  readonly collection: string;
  readonly book: AttemptBook;
  readonly makers: readonly PartMaker[];
}

interface Made {
  readonly parts: readonly NodeAttempt[];
  readonly failures: readonly { readonly maker: PartMaker; readonly error: SnapformError }[];
}

/** All members at once; waits for each of them, whatever happens to the others. */
async function makeParts(
  setting: QdrantSetting,
  { collection, book, makers }: Making,
  context: EngineContext,
): Promise<Made> {
  let doneBytes = 0;
  const outcomes = await Promise.allSettled(
    makers.map(async (maker) => {
      const part = await makePart(setting, { collection, maker, book }, context);
      doneBytes += part.made?.size ?? 0;
      context.progress({ phase: "taking snapshot", doneBytes });
      return part;
    }),
  );
  if (context.signal.aborted) throw cancelled(setting, collection, context.signal.reason);
  const parts = outcomes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failures = outcomes.flatMap((each, index) => {
    const maker = makers[index];
    return each.status === "rejected" && maker ? [{ maker, error: each.reason as unknown }] : [];
  });
  const told = failures.flatMap(({ maker, error }) => {
    // What could not be recorded, a collection that vanished, and our own bugs end it all.
    if (!isSnapformError(error) || !isOfNode(error, maker)) throw error;
    return [{ maker, error }];
  });
  const [first] = told;
  if (parts.length === 0 && first !== undefined) throw first.error;
  const unsure = told.find(({ error }) => error.outcomeUnknown);
  if (unsure !== undefined) throw unsure.error;
  return { parts, failures: told };
}

/** True for a failure of this one member, by which the other parts lose nothing. */
function isOfNode({ code, message }: SnapformError, { live }: PartMaker): boolean {
  return code !== "not-found" && message.startsWith(`${live.node.name}: `);
}

function cancelled(setting: QdrantSetting, collection: string, cause: unknown): SnapformError {
  const text = `cancelled taking a snapshot of ${JSON.stringify(collection)}`;
  return new SnapformError("cancelled", `cluster ${setting.cluster}: ${text}`, {
    outcomeUnknown: true,
    cause,
  });
}

/** A part that an earlier attempt has made on a member that would make none now. */
interface LeftPart {
  readonly part: NodeAttempt;
  readonly status: CopyStatus;
}

async function leftParts(
  setting: QdrantSetting,
  asked: {
    readonly collection: string;
    readonly plan: CreatePlan;
    readonly attempt: CreateAttempt;
  },
  signal: AbortSignal,
): Promise<readonly LeftPart[]> {
  const { collection, plan, attempt } = asked;
  const makers = new Set(plan.makers.map(({ peerId }) => peerId));
  const others = attempt.nodes.filter(({ peerId, made }) => !makers.has(peerId) && made !== null);
  if (others.length === 0) return [];
  const files = await listFiles(setting, plan.look, collection, signal);
  return others.flatMap((part) => {
    if (part.made === null) return [];
    const sought = { ...part.made, peerId: part.peerId, node: part.node };
    const fate = fateOf(files, plan.look, sought);
    return fate.kind === "gone" ? [] : [{ part, status: statusOfFile(sought, fate) }];
  });
}

interface Finished extends Made {
  readonly left: readonly LeftPart[];
  readonly attempt: CreateAttempt;
  readonly after: number;
  readonly finishedAt: string;
}

function nativeOf(
  { collection, description }: NativeCreateRequest,
  { look, details: seen, layout, aliases }: CreatePlan,
  { attempt, parts: made, left, failures, after, finishedAt }: Finished,
): NativeSnapshot {
  const all = [...made, ...left.map(({ part }) => part)];
  const parts = all.flatMap(({ peerId, node, version, shards, made: file }): DetailsPart[] =>
    file === null ? [] : [{ node, peerId, ...file, shards, version }],
  );
  const details: QdrantDetails = {
    format: 1,
    startedAt: attempt.startedAt,
    finishedAt,
    description,
    engineVersion: look.version,
    parts: parts.toSorted((a, b) => (a.node < b.node ? -1 : 1)),
    failures: failures.map(({ maker, error }) => ({
      node: maker.live.node.name,
      code: error.code,
      message: error.message,
    })),
    points: { before: attempt.pointsBefore, after },
    config: seen.config,
    payloadSchema: seen.payloadSchema,
    aliases,
    layout,
  };
  const spread = layoutOfDetails(details);
  const isWhole = spread !== null && coversAll(spread, spread.parts);
  const shown = details.parts.map(({ node, peerId, file, size }): SnapshotPart => {
    const status = left.find(({ part }) => part.peerId === peerId)?.status ?? "complete";
    return { name: node, nativeName: file, bytes: size, status };
  });
  // With a part of a member that failed the others lose nothing, if they hold all shards.
  const missing = isWhole ? [] : failures.map(({ maker }) => missingPart(maker));
  const names = parts.flatMap(({ file }) => parseSnapshotFile(collection, file) ?? []);
  return Object.freeze({
    key: formatKey(names),
    details: writeDetails(details),
    id: null,
    collection,
    startedAt: attempt.startedAt,
    finishedAt,
    description,
    bytes: parts.reduce((sum, { size }) => sum + size, 0),
    status: statusOfSet([...shown, ...missing], spread),
    parts: [...shown, ...missing],
    points: details.points,
    layout: spread,
    pinned: false,
    failures: isWhole ? [] : details.failures.map(({ message }) => message),
  });
}

function missingPart({ live }: PartMaker): SnapshotPart {
  return { name: live.node.name, bytes: 0, status: "partial" };
}
