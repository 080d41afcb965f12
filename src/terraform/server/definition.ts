// terraform/server/ answers the calls of tfplugin6, one file each, for any provider that is
// described in the terms of this file. May know wire/, errors and the type of a Clock; nothing of
// snapform's resources, sockets or processes. Invariant: whatever a resource does, throws or
// forgets, once its apply has begun Terraform gets an object of exactly the schema's shape with
// the best that is known, and no sensitive value leaves in a diagnostic or a log.
import type { Clock } from "../../clock/clock.ts";
import type { Path } from "../wire/path.ts";
import type { ObjectSchema } from "../wire/schema.ts";
import type { Type } from "../wire/type.ts";
import type { Tree, Value } from "../wire/value.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Log } from "./log.ts";

/** What a provider keeps beside the state of an object, unseen by users. Never secrets. */
export type Private = Uint8Array | Json;

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A provider: everything that Terraform can ask it for. `C` is what its configuration becomes. */
export interface ProviderDefinition<C> {
  readonly schema: ObjectSchema;
  /** Pure. `config` may hold unknown values. */
  validate?(config: Tree): readonly Diagnostic[];
  /**
   * Called once in each process that does something. Where `config.hasUnknown`, it may answer
   * `waiting`: then nothing is read in this process, and an apply would be an error.
   */
  configure(request: ConfigureRequest): Promise<ConfigureResult<C>>;
  /** By full type name. */
  readonly resources: { readonly [type: string]: ResourceType<C> };
  readonly dataSources: { readonly [type: string]: DataSourceType<C> };
  /** By name. */
  readonly functions: { readonly [name: string]: FunctionType };
}

export interface ConfigureRequest {
  readonly config: Tree;
  readonly hasUnknown: boolean;
  readonly terraformVersion: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

export type ConfigureResult<C> =
  | { readonly configured: C; readonly diagnostics?: readonly Diagnostic[] }
  | { readonly waiting: true }
  | { readonly diagnostics: readonly Diagnostic[] };

/** What a call that may touch the world is given. */
export interface CallContext<C> {
  readonly configured: C;
  /** Aborted by Terraform's stop, and when the time of `timeouts` is over. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a call that changes the world is given. */
export interface ApplyContext<C> extends CallContext<C> {
  /**
   * Notes what exists now; `null`: nothing. Call it before and after each effect: should the call
   * fail, this is what Terraform remembers. `keptPrivate` left out leaves the former one.
   */
  readonly keep: (state: Tree | null, keptPrivate?: Private) => void;
}

export type Operation = "create" | "read" | "update" | "delete";

export interface ResourceType<C> {
  readonly schema: ObjectSchema;
  /**
   * How long each operation may take unless the configuration says otherwise, in milliseconds.
   * Adds the block `timeouts` to the schema, with the operations that are named.
   */
  readonly timeouts?: { readonly [O in Operation]?: number };
  /** Pure. `config` may hold unknown values. */
  validate?(config: Tree): readonly Diagnostic[];
  /** Pure, and the same again at apply: it gets no door to the world. Left out: as proposed. */
  plan?(request: PlanRequest): PlanResult;
  /** Pure: what speaks against deleting it; an error keeps it. */
  planDestroy?(request: Stored & { readonly provider: Tree }): readonly Diagnostic[];
  read(context: CallContext<C>, current: Stored): Promise<ReadResult>;
  create(context: ApplyContext<C>, request: CreateRequest): Promise<ApplyResult>;
  update(context: ApplyContext<C>, request: UpdateRequest): Promise<ApplyResult>;
  /** Gone, unless it throws or reports an error: then what was kept last, else `state`, remains. */
  delete(context: ApplyContext<C>, current: Stored): Promise<readonly Diagnostic[] | void>;
  /** Finds the object of that id; members left out are filled by the `read` that follows. */
  import?(context: CallContext<C>, id: string): Promise<Imported>;
  /** Pure: a state of an earlier version of the schema as one of today's. */
  upgrade?(version: number, state: Tree): Tree;
  /** Pure: takes over an object of another type; null where it cannot. */
  move?(source: MoveSource): Imported | null;
}

/** An object as Terraform remembers it. */
export interface Stored {
  readonly state: Tree;
  readonly private: Private;
}

export interface PlanRequest {
  /** Null: the object is to be created. */
  readonly prior: Stored | null;
  /**
   * The configuration, completed: with what is computed from `prior` or, on create, unknown.
   * Start from this; unknown may become known, known values of the configuration stay.
   */
  readonly proposed: Tree;
  readonly config: Tree;
  /** Of a planned replacement: what the first plan left, although `prior` is null. */
  readonly private: Private;
  /** The configuration of the provider; may hold unknown values. */
  readonly provider: Tree;
}

export interface PlanResult {
  readonly planned: Tree;
  /** Left out: as before. */
  readonly private?: Private;
  /** Whose change needs a new object, beside what the schema marks `forceNew`. */
  readonly requiresReplace?: readonly Path[];
  readonly diagnostics?: readonly Diagnostic[];
}

export interface ReadResult {
  /** Null: it does not exist any more. */
  readonly state: Tree | null;
  /** Left out: as before. */
  readonly private?: Private;
  readonly diagnostics?: readonly Diagnostic[];
}

export interface CreateRequest {
  readonly planned: Tree;
  /** Also holds the write-only values, which stand nowhere else. */
  readonly config: Tree;
  readonly private: Private;
}

export interface UpdateRequest extends CreateRequest {
  readonly prior: Tree;
}

export interface ApplyResult {
  /** Known throughout. Null: there is no object, and the diagnostics say why. */
  readonly state: Tree | null;
  /** Left out: what was kept last, else as planned. */
  readonly private?: Private;
  readonly diagnostics?: readonly Diagnostic[];
}

export interface Imported {
  readonly state: Tree;
  readonly private?: Private;
  readonly diagnostics?: readonly Diagnostic[];
}

export interface MoveSource {
  /** `registry.terraform.io/NAMESPACE/NAME`. */
  readonly providerAddress: string;
  readonly type: string;
  readonly version: number;
  readonly state: Tree;
  readonly private: Private;
}

export interface DataSourceType<C> {
  readonly schema: ObjectSchema;
  /** Pure. `config` may hold unknown values. */
  validate?(config: Tree): readonly Diagnostic[];
  read(
    context: CallContext<C>,
    config: Tree,
  ): Promise<{ readonly state: Tree; readonly diagnostics?: readonly Diagnostic[] }>;
}

export interface FunctionParameter {
  readonly name: string;
  readonly type: Type;
  readonly description?: string;
  readonly allowNull?: boolean;
}

/** A pure function. Unknown arguments never reach it. */
export interface FunctionType {
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly FunctionParameter[];
  /** Takes what is left of the arguments. */
  readonly variadic?: FunctionParameter;
  readonly returns: Type;
  call(args: readonly Value[]): FunctionResult;
}

export type FunctionResult =
  | { readonly result: Value }
  /** `argument` counts from 0; left out, the error is about the call as a whole. */
  | { readonly error: string; readonly argument?: number };
