import type { Messages } from "./messages.ts";

/** How a member is written. A `present` one is missing (undefined) rather than empty. */
export type Kind = "string" | "bytes" | "bool" | "int" | "present-string" | "present-int";

/** Number and kind of a field; a kind may be the name of a message, `list` or `map` of one. */
export type Field =
  | readonly [number: number, kind: Kind]
  | readonly [number: number, kind: "message" | "list" | "map", message: keyof Messages];

type Fields<Name extends keyof Messages> = {
  readonly [Member in keyof Messages[Name]]-?: Field;
};

const string = (number: number): Field => [number, "string"];
const bytes = (number: number): Field => [number, "bytes"];
const bool = (number: number): Field => [number, "bool"];
const int = (number: number): Field => [number, "int"];
const one = (number: number, message: keyof Messages): Field => [number, "message", message];
const list = (number: number, message: keyof Messages): Field => [number, "list", message];
const map = (number: number, message: keyof Messages): Field => [number, "map", message];
const value = (number: number): Field => one(number, "DynamicValue");
const diagnostics = (number: number): Field => list(number, "Diagnostic");

/** The numbers of the fields in tfplugin6, protocol 6.8 (those of later minors are the same). */
export const FIELDS: { readonly [Name in keyof Messages]: Fields<Name> } = {
  Empty: {},
  DynamicValue: { msgpack: bytes(1), json: bytes(2) },
  Step: {
    attributeName: [1, "present-string"],
    elementKeyString: [2, "present-string"],
    elementKeyInt: [3, "present-int"],
  },
  AttributePath: { steps: list(1, "Step") },
  Diagnostic: {
    severity: int(1),
    summary: string(2),
    detail: string(3),
    attribute: one(4, "AttributePath"),
  },
  RawState: { json: bytes(1) },
  ClientCapabilities: { deferralAllowed: bool(1), writeOnlyAttributesAllowed: bool(2) },
  ServerCapabilities: {
    planDestroy: bool(1),
    getProviderSchemaOptional: bool(2),
    moveResourceState: bool(3),
  },

  Schema: { version: int(1), block: one(2, "Block") },
  Block: {
    version: int(1),
    attributes: list(2, "Attribute"),
    blockTypes: list(3, "NestedBlock"),
    description: string(4),
    descriptionKind: int(5),
  },
  Attribute: {
    name: string(1),
    type: bytes(2),
    description: string(3),
    required: bool(4),
    optional: bool(5),
    computed: bool(6),
    sensitive: bool(7),
    descriptionKind: int(8),
    deprecated: bool(9),
    nestedType: one(10, "NestedObject"),
    writeOnly: bool(11),
  },
  NestedObject: { attributes: list(1, "Attribute"), nesting: int(3) },
  NestedBlock: {
    typeName: string(1),
    block: one(2, "Block"),
    nesting: int(3),
    minItems: int(4),
    maxItems: int(5),
  },
  Parameter: {
    name: string(1),
    type: bytes(2),
    allowNullValue: bool(3),
    allowUnknownValues: bool(4),
    description: string(5),
    descriptionKind: int(6),
  },
  FunctionReturn: { type: bytes(1) },
  Function: {
    parameters: list(1, "Parameter"),
    variadicParameter: one(2, "Parameter"),
    return: one(3, "FunctionReturn"),
    summary: string(4),
    description: string(5),
    descriptionKind: int(6),
    deprecationMessage: string(7),
  },
  FunctionError: { text: string(1), functionArgument: [2, "present-int"] },

  SchemasResponse: {
    provider: one(1, "Schema"),
    resourceSchemas: map(2, "Schema"),
    dataSourceSchemas: map(3, "Schema"),
    serverCapabilities: one(6, "ServerCapabilities"),
    functions: map(7, "Function"),
  },
  FunctionsResponse: { functions: map(1, "Function") },
  MetadataResponse: {
    serverCapabilities: one(1, "ServerCapabilities"),
    dataSources: list(3, "TypeMetadata"),
    resources: list(4, "TypeMetadata"),
    functions: list(5, "FunctionMetadata"),
  },
  TypeMetadata: { typeName: string(1) },
  FunctionMetadata: { name: string(1) },

  ValidateProviderRequest: { config: value(1) },
  ValidateProviderResponse: { diagnostics: diagnostics(2) },
  ValidateRequest: {
    typeName: string(1),
    config: value(2),
    clientCapabilities: one(3, "ClientCapabilities"),
  },
  DiagnosticsResponse: { diagnostics: diagnostics(1) },
  ConfigureRequest: { terraformVersion: string(1), config: value(2) },
  UpgradeRequest: { typeName: string(1), version: int(2), rawState: one(3, "RawState") },
  UpgradeResponse: { upgradedState: value(1), diagnostics: diagnostics(2) },
  ReadRequest: { typeName: string(1), currentState: value(2), private: bytes(3) },
  ReadResponse: { newState: value(1), diagnostics: diagnostics(2), private: bytes(3) },
  PlanRequest: {
    typeName: string(1),
    priorState: value(2),
    proposedNewState: value(3),
    config: value(4),
    priorPrivate: bytes(5),
  },
  PlanResponse: {
    plannedState: value(1),
    requiresReplace: list(2, "AttributePath"),
    plannedPrivate: bytes(3),
    diagnostics: diagnostics(4),
  },
  ApplyRequest: {
    typeName: string(1),
    priorState: value(2),
    plannedState: value(3),
    config: value(4),
    plannedPrivate: bytes(5),
  },
  ApplyResponse: { newState: value(1), private: bytes(2), diagnostics: diagnostics(3) },
  ImportRequest: { typeName: string(1), id: string(2) },
  ImportedResource: { typeName: string(1), state: value(2), private: bytes(3) },
  ImportResponse: { importedResources: list(1, "ImportedResource"), diagnostics: diagnostics(2) },
  MoveRequest: {
    sourceProviderAddress: string(1),
    sourceTypeName: string(2),
    sourceSchemaVersion: int(3),
    sourceState: one(4, "RawState"),
    targetTypeName: string(5),
    sourcePrivate: bytes(6),
  },
  MoveResponse: {
    targetState: value(1),
    diagnostics: diagnostics(2),
    targetPrivate: bytes(3),
  },
  ReadDataRequest: { typeName: string(1), config: value(2) },
  ReadDataResponse: { state: value(1), diagnostics: diagnostics(2) },
  CallFunctionRequest: { name: string(1), arguments: list(2, "DynamicValue") },
  CallFunctionResponse: { result: value(1), error: one(2, "FunctionError") },
  StopResponse: { error: string(1) },
  HealthResponse: { status: int(1) },
};
