import type { Json } from "../../snapshot/json.ts";
import type { DetailsFailure, DetailsPart } from "./details.ts";

/** What a create asks to be remembered, so that it is never made twice. */
export interface CreateAttempt {
  readonly format: 1;
  /** By our own clock. */
  readonly startedAt: string;
  /** Exact number of points before the first part was asked for. */
  readonly pointsBefore: number;
  readonly nodes: readonly NodeAttempt[];
}

/** How far it has come with one member. */
export interface NodeAttempt {
  readonly peerId: string;
  readonly node: string;
  readonly version: string;
  /** Ids of the shards that its part holds. */
  readonly shards: readonly number[];
  /** When the part was asked for, by our own clock; null before that. */
  readonly askedAt: string | null;
  /** The same by the member's clock, to the second; null when it did not tell. */
  readonly nodeAskedAt: string | null;
  /** The member's own files that were there just before: what we had made is none of them. */
  readonly known: readonly string[];
  readonly made: Pick<DetailsPart, "file" | "size" | "sha256"> | null;
  readonly failure: Pick<DetailsFailure, "code" | "message"> | null;
}

export function writeAttempt(attempt: CreateAttempt): Json {
  return structuredClone(attempt) as unknown as Json;
}

/** Reads what was recorded; null for nothing, and for what is none of ours. */
export function readAttempt(json: Json): CreateAttempt | null {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return null;
  const value = json as unknown as Partial<CreateAttempt>;
  const isOurs =
    value.format === 1 &&
    typeof value.startedAt === "string" &&
    typeof value.pointsBefore === "number" &&
    Array.isArray(value.nodes) &&
    value.nodes.every(isNodeAttempt);
  return isOurs ? (value as CreateAttempt) : null;
}

function isNodeAttempt(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const attempt = value as Partial<NodeAttempt>;
  const { peerId, node, version, shards, askedAt, nodeAskedAt, known, made } = attempt;
  return (
    typeof peerId === "string" &&
    typeof node === "string" &&
    typeof version === "string" &&
    Array.isArray(shards) &&
    (askedAt === null || typeof askedAt === "string") &&
    (nodeAskedAt === null || typeof nodeAskedAt === "string") &&
    Array.isArray(known) &&
    (made === null || (typeof made === "object" && typeof made.file === "string"))
  );
}

/** Writes down how far a create has come, one record after another. */
export class AttemptBook {
  readonly #record: (details: Json) => Promise<void>;
  #attempt: CreateAttempt;
  #last: Promise<void> = Promise.resolve();

  constructor(attempt: CreateAttempt, record: (details: Json) => Promise<void>) {
    this.#attempt = attempt;
    this.#record = record;
  }

  get attempt(): CreateAttempt {
    return this.#attempt;
  }

  of(peerId: string): NodeAttempt | null {
    return this.#attempt.nodes.find((each) => each.peerId === peerId) ?? null;
  }

  /**
   * Changes what is known of one member and waits until that is recorded. After a record has
   * failed every later one fails the same way, without being tried.
   */
  note(node: NodeAttempt): Promise<void> {
    const others = this.#attempt.nodes.filter(({ peerId }) => peerId !== node.peerId);
    const nodes = [...others, node].toSorted((a, b) => (a.node < b.node ? -1 : 1));
    this.#attempt = { ...this.#attempt, nodes };
    this.#last = this.#last.then(() => this.#record(writeAttempt(this.#attempt)));
    return this.#last;
  }
}
