import type { EngineContext, RestoreRequest } from "../../engine/driver.ts";
import type { CheckResult } from "../../snapshot/check.ts";
import type { ClusterLook } from "./cluster.ts";
import { scratchName } from "./marks.ts";
import { writeRecord, type RestoreRecord } from "./restore-record.ts";
import type { Piece, RestoreSource } from "./restore-source.ts";
import type { QdrantSetting } from "./setting.ts";

/** A restore under way: what was asked, and what is remembered of it so far. */
export class RestoreRun {
  readonly setting: QdrantSetting;
  readonly request: RestoreRequest;
  readonly source: RestoreSource;
  readonly look: ClusterLook;
  readonly context: EngineContext;
  #record: RestoreRecord;
  readonly #notes: string[] = [];

  constructor(
    setting: QdrantSetting,
    request: RestoreRequest,
    opened: { readonly source: RestoreSource; readonly look: ClusterLook },
    context: EngineContext,
  ) {
    this.setting = setting;
    this.request = request;
    this.source = opened.source;
    this.look = opened.look;
    this.context = context;
    const { runId, target, procedure } = request;
    const { layout, pieces } = opened.source;
    this.#record = {
      format: 1,
      runId,
      target,
      phase: "restoring",
      scratch: procedure === "replace" ? scratchName(target, runId) : null,
      pieces: pieces.map(recorded),
      inFlight: null,
      shape:
        layout === null ? null : { shardCount: layout.shardCount, schemaHash: layout.schemaHash },
      isMaking: false,
      serverMakes: false,
      points: opened.source.expected.points,
      aliases: request.aliases ? opened.source.aliases : null,
      result: null,
    };
  }

  get record(): RestoreRecord {
    return this.#record;
  }

  /** What went otherwise than usual, in full sentences. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  note(sentence: string): void {
    this.#notes.push(sentence);
  }

  /** Has the record of this run, with what has changed, remembered before anything else is done. */
  async remember(
    change: Partial<
      Pick<RestoreRecord, "phase" | "inFlight" | "isMaking" | "serverMakes" | "result">
    >,
  ): Promise<void> {
    this.#record = { ...this.#record, ...change };
    await this.request.record(writeRecord(this.#record));
  }

  /** Remembers that the target is complete. */
  async rememberChecked(check: CheckResult): Promise<void> {
    const result = { check, copiedBytes: this.source.bytes };
    await this.remember({ phase: "checked", inFlight: null, result });
  }
}

function recorded({ number, part, node, size, sha256 }: Piece) {
  return { number, part, node: node.name, size, sha256 };
}
