import { SnapformError } from "../../errors/index.ts";
import type { Message, Messages } from "../wire/messages.ts";
import { decodeMessage, encodeMessage } from "../wire/protobuf.ts";
import { applyResourceChange } from "./apply-resource-change.ts";
import { callFunction } from "./call-function.ts";
import { configureProvider } from "./configure-provider.ts";
import type { ProviderDefinition } from "./definition.ts";
import { getFunctions, getMetadata, getProviderSchema } from "./get-provider-schema.ts";
import { importResourceState } from "./import-resource-state.ts";
import { kindsOf } from "./kinds.ts";
import { moveResourceState } from "./move-resource-state.ts";
import { planResourceChange } from "./plan-resource-change.ts";
import { readDataSource } from "./read-data-source.ts";
import { readResource } from "./read-resource.ts";
import { openSession, stopSession, type Session, type SessionOptions } from "./session.ts";
import { stopProvider } from "./stop-provider.ts";
import { upgradeResourceState } from "./upgrade-resource-state.ts";
import {
  validateDataSourceConfig,
  validateProviderConfig,
  validateResourceConfig,
} from "./validate.ts";

/** Answers the calls of one connection: bytes in, bytes out. */
export interface ProviderServer {
  /** `method` without its service. Throws `unimplemented` for one that is not known. */
  call(method: string, request: Uint8Array): Promise<Uint8Array>;
  /** Aborts what runs, as StopProvider does. */
  stop(): void;
  /** The process is dying: what runs answers at once with the best that it knows. */
  crash(error: unknown): void;
}

type Answer = (session: Session<never>, request: never) => unknown;
type Method = readonly [request: keyof Messages, answer: Answer, response: keyof Messages];

function method<Q extends keyof Messages, P extends keyof Messages>(
  request: Q,
  answer: <C>(session: Session<C>, request: Message<Q>) => Message<P> | Promise<Message<P>>,
  response: P,
): Method {
  return [request, answer as Answer, response];
}

const METHODS: ReadonlyMap<string, Method> = new Map([
  ["GetMetadata", method("Empty", getMetadata, "MetadataResponse")],
  ["GetProviderSchema", method("Empty", getProviderSchema, "SchemasResponse")],
  ["GetFunctions", method("Empty", getFunctions, "FunctionsResponse")],
  [
    "ValidateProviderConfig",
    method("ValidateProviderRequest", validateProviderConfig, "ValidateProviderResponse"),
  ],
  [
    "ValidateResourceConfig",
    method("ValidateRequest", validateResourceConfig, "DiagnosticsResponse"),
  ],
  [
    "ValidateDataResourceConfig",
    method("ValidateRequest", validateDataSourceConfig, "DiagnosticsResponse"),
  ],
  ["ConfigureProvider", method("ConfigureRequest", configureProvider, "DiagnosticsResponse")],
  ["UpgradeResourceState", method("UpgradeRequest", upgradeResourceState, "UpgradeResponse")],
  ["ReadResource", method("ReadRequest", readResource, "ReadResponse")],
  ["PlanResourceChange", method("PlanRequest", planResourceChange, "PlanResponse")],
  ["ApplyResourceChange", method("ApplyRequest", applyResourceChange, "ApplyResponse")],
  ["ImportResourceState", method("ImportRequest", importResourceState, "ImportResponse")],
  ["MoveResourceState", method("MoveRequest", moveResourceState, "MoveResponse")],
  ["ReadDataSource", method("ReadDataRequest", readDataSource, "ReadDataResponse")],
  ["CallFunction", method("CallFunctionRequest", callFunction, "CallFunctionResponse")],
  ["StopProvider", method("Empty", stopProvider, "StopResponse")],
]);

/** Opens connections to a provider; what they share is worked out once. */
export function providerServers<C>(
  definition: ProviderDefinition<C>,
  options: SessionOptions,
): () => ProviderServer {
  const kinds = kindsOf(definition);
  return () => {
    const session = openSession(definition, kinds, options) as Session<never>;
    return {
      call: (name, request) => call(session, name, request),
      stop: () => stopSession(session),
      crash: (error) => session.crash(error),
    };
  };
}

async function call(session: Session<never>, name: string, bytes: Uint8Array): Promise<Uint8Array> {
  const found = METHODS.get(name);
  if (found === undefined) throw new SnapformError("unimplemented", `no method ${name}`);
  const [request, answer, response] = found;
  session.log("trace", "called", { method: name });
  const answered = await answer(session, decodeMessage(request, bytes) as never);
  return encodeMessage(response, answered as Messages[typeof response]);
}
