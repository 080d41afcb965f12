import type {
  AcceptedShrink,
  AppliedPolicy,
  Intent,
  IntentPlan,
  RestoreRecord,
  RunRecord,
  SnapshotRecord,
  State,
  TakenRecord,
} from "../ledger/state.ts";
import type { RetentionRules } from "../policy/retention.ts";
import { CHECK_LEVELS } from "../snapshot/capabilities.ts";
import type { NativeHandle } from "../snapshot/snapshot.ts";

/** The first thing that is wrong with a value: where, and what was expected there. */
export interface ShapeProblem {
  /** Such as `.snapshots["s-1"].startedAt`. */
  readonly path: string;
  readonly expected: string;
}

/** Null when the value has the shape. Paths are put together only for a problem. */
export type Shape = (value: unknown) => ShapeProblem | null;

const expect = (expected: string): ShapeProblem => ({ path: "", expected });

function within(key: string, problem: ShapeProblem): ShapeProblem {
  const step = /^[A-Za-z]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  return { path: step + problem.path, expected: problem.expected };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const text: Shape = (value) => (typeof value === "string" ? null : expect("a string"));
const name: Shape = (value) =>
  typeof value === "string" && value !== "" ? null : expect("a string that is not empty");
const flag: Shape = (value) => (typeof value === "boolean" ? null : expect("true or false"));
const json: Shape = (value) => (value === undefined ? expect("a JSON value") : null);

const count: Shape = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? null : expect("a whole number from 0");
const positive: Shape = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 1 ? null : expect("a whole number from 1");

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const instant: Shape = (value) =>
  typeof value === "string" && instantPattern.test(value) && !Number.isNaN(Date.parse(value))
    ? null
    : expect("an instant (RFC 3339)");

const keepCount: Shape = (value) =>
  value === "all" || positive(value) === null ? null : expect('a whole number from 1, or "all"');

const orNull =
  (shape: Shape): Shape =>
  (value) => {
    const problem = value === null ? null : shape(value);
    return problem?.path === "" ? expect(`${problem.expected}, or null`) : problem;
  };

const oneOf =
  (...words: readonly unknown[]): Shape =>
  (value) =>
    words.includes(value) ? null : expect(words.map((w) => JSON.stringify(w)).join(" or "));

function list(shape: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return expect("a list");
    for (const [index, entry] of value.entries()) {
      const problem = shape(entry);
      if (problem) return { path: `[${index}]${problem.path}`, expected: problem.expected };
    }
    return null;
  };
}

/** An object with these members and no others. The type keeps the list complete. */
function record<T>(members: Readonly<Record<keyof T & string, Shape>>): Shape {
  const keys = Object.keys(members);
  const known = partial<T>(members);
  return (value) => {
    const problem = known(value);
    if (problem) return problem;
    const missing = keys.find((key) => !Object.hasOwn(value as object, key));
    return missing === undefined ? null : within(missing, expect("a value: this key is missing"));
  };
}

/** As `record`, but any member may be missing. */
function partial<T>(members: Readonly<Record<keyof T & string, Shape>>): Shape {
  const shapes = new Map<string, Shape>(Object.entries(members));
  return (value) => {
    if (!isObject(value)) return expect("an object");
    for (const key of Object.keys(value)) {
      const shape = shapes.get(key);
      if (!shape) return within(key, expect("nothing: this key is unknown"));
      const problem = shape(value[key]);
      if (problem) return within(key, problem);
    }
    return null;
  };
}

/** An object from names to values; `own` is the member that repeats the name, if there is one. */
function table(shape: Shape, own?: string): Shape {
  return (value) => {
    if (!isObject(value)) return expect("an object");
    for (const key of Object.keys(value)) {
      const entry = value[key];
      const problem = key === "" ? expect("a name that is not empty") : shape(entry);
      if (problem) return within(key, problem);
      if (own !== undefined && (entry as Record<string, unknown>)[own] !== key) {
        return within(key, within(own, expect("the name of the entry")));
      }
    }
    return null;
  };
}

const retention = partial<RetentionRules>({
  last: keepCount,
  hourly: keepCount,
  daily: keepCount,
  weekly: keepCount,
  monthly: keepCount,
  yearly: keepCount,
  within: name,
  withinHourly: name,
  withinDaily: name,
  withinWeekly: name,
  withinMonthly: name,
  withinYearly: name,
});

const snapshot = record<SnapshotRecord>({
  id: name,
  cluster: name,
  collection: name,
  clusterIdentity: orNull(text),
  address: name,
  scheduledFor: orNull(instant),
  startedAt: instant,
  adoptedAt: orNull(instant),
  description: orNull(text),
  keepUntil: orNull(instant),
  native: orNull(record<NativeHandle>({ key: name, details: json })),
  pinned: flag,
});

const run = record<RunRecord>({
  scheduledFor: orNull(instant),
  status: oneOf("succeeded", "failed"),
  at: instant,
  error: orNull(text),
});

const restore = record<RestoreRecord>({
  address: name,
  snapshotId: name,
  cluster: name,
  collection: name,
  alias: orNull(name),
  targetIdentity: orNull(text),
  procedure: oneOf("new", "in-place", "replace"),
  at: instant,
  check: oneOf(...CHECK_LEVELS),
  wish: text,
  undo: orNull(text),
});

const place: Shape = (value) =>
  typeof value === "string" && /^(cluster|repository\..+)$/.test(value)
    ? null
    : expect("cluster or repository.NAME");

const intentPlan = record<IntentPlan>({
  address: name,
  scheduledFor: orNull(instant),
  description: orNull(text),
  keepUntil: orNull(instant),
  take: count,
  places: list(place),
  isWhole: flag,
  restore: orNull(restore),
});

const intent = record<Intent>({
  actionId: name,
  kind: oneOf("create", "copy", "restore", "expire"),
  at: instant,
  cluster: name,
  collection: name,
  snapshotId: name,
  runId: orNull(name),
  plan: intentPlan,
  details: json,
});

/** The state document of format version 1, without its digest. */
export const stateShape: Shape = record<State>({
  formatVersion: oneOf(1),
  lineage: name,
  serial: count,
  project: name,
  lastSeenAt: instant,
  journalSeq: count,
  clusters: table(record<State["clusters"][string]>({ identity: text })),
  repositories: table(record<State["repositories"][string]>({ id: name })),
  policies: table(record<AppliedPolicy>({ retention, minKeep: count, at: instant })),
  snapshots: table(snapshot, "id"),
  runs: table(run),
  shrinks: table(record<AcceptedShrink>({ at: instant, points: count })),
  taken: table(record<TakenRecord>({ address: name, snapshotId: name, at: instant, take: count })),
  restores: table(restore),
  intents: table(intent, "actionId"),
});
