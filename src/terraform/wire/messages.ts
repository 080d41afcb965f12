/** Any message of this table, whole: as it is decoded. */
export type Message<Name extends keyof Messages> = Messages[Name];

/** Exactly one of the two is filled. */
export interface DynamicValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

interface Typed {
  readonly typeName: string;
}

interface ClientCapabilities {
  readonly deferralAllowed: boolean;
  readonly writeOnlyAttributesAllowed: boolean;
}

interface DiagnosticMessage {
  /** 1 is an error, 2 a warning. */
  readonly severity: number;
  readonly summary: string;
  readonly detail: string;
  readonly attribute?: Messages["AttributePath"];
}

type Diagnostics = { readonly diagnostics?: readonly DiagnosticMessage[] };

/**
 * The messages of tfplugin6, protocol 6.8, as far as they are used. A request's members are always
 * there once decoded (empty text, empty bytes, 0, false); a nested message may be missing.
 */
export interface Messages {
  Empty: Record<never, never>;
  DynamicValue: DynamicValue;
  Step: {
    readonly attributeName?: string;
    readonly elementKeyString?: string;
    readonly elementKeyInt?: number;
  };
  AttributePath: { readonly steps: readonly Messages["Step"][] };
  Diagnostic: DiagnosticMessage;
  RawState: { readonly json: Uint8Array };
  ClientCapabilities: ClientCapabilities;
  ServerCapabilities: {
    readonly planDestroy: boolean;
    readonly getProviderSchemaOptional: boolean;
    readonly moveResourceState: boolean;
  };

  Schema: { readonly version: number; readonly block: Messages["Block"] };
  Block: {
    readonly version: number;
    readonly attributes: readonly Messages["Attribute"][];
    readonly blockTypes: readonly Messages["NestedBlock"][];
    readonly description: string;
    readonly descriptionKind: number;
  };
  Attribute: {
    readonly name: string;
    readonly type: Uint8Array;
    readonly description: string;
    readonly required: boolean;
    readonly optional: boolean;
    readonly computed: boolean;
    readonly sensitive: boolean;
    readonly descriptionKind: number;
    readonly deprecated: boolean;
    readonly nestedType?: Messages["NestedObject"];
    readonly writeOnly: boolean;
  };
  NestedObject: { readonly attributes: readonly Messages["Attribute"][]; readonly nesting: number };
  NestedBlock: {
    readonly typeName: string;
    readonly block: Messages["Block"];
    readonly nesting: number;
    readonly minItems: number;
    readonly maxItems: number;
  };
  Parameter: {
    readonly name: string;
    readonly type: Uint8Array;
    readonly allowNullValue: boolean;
    readonly allowUnknownValues: boolean;
    readonly description: string;
    readonly descriptionKind: number;
  };
  FunctionReturn: { readonly type: Uint8Array };
  Function: {
    readonly parameters: readonly Messages["Parameter"][];
    readonly variadicParameter?: Messages["Parameter"];
    readonly return: Messages["FunctionReturn"];
    readonly summary: string;
    readonly description: string;
    readonly descriptionKind: number;
    readonly deprecationMessage: string;
  };
  FunctionError: { readonly text: string; readonly functionArgument?: number };

  SchemasResponse: {
    readonly provider: Messages["Schema"];
    readonly resourceSchemas: ReadonlyMap<string, Messages["Schema"]>;
    readonly dataSourceSchemas: ReadonlyMap<string, Messages["Schema"]>;
    readonly serverCapabilities: Messages["ServerCapabilities"];
    readonly functions: ReadonlyMap<string, Messages["Function"]>;
  };
  FunctionsResponse: { readonly functions: ReadonlyMap<string, Messages["Function"]> };
  MetadataResponse: {
    readonly serverCapabilities: Messages["ServerCapabilities"];
    readonly dataSources: readonly Messages["TypeMetadata"][];
    readonly resources: readonly Messages["TypeMetadata"][];
    readonly functions: readonly Messages["FunctionMetadata"][];
  };
  TypeMetadata: Typed;
  FunctionMetadata: { readonly name: string };

  ValidateProviderRequest: { readonly config?: DynamicValue };
  ValidateProviderResponse: Diagnostics;
  ValidateRequest: Typed & {
    readonly config?: DynamicValue;
    readonly clientCapabilities?: ClientCapabilities;
  };
  DiagnosticsResponse: Diagnostics;
  ConfigureRequest: { readonly terraformVersion: string; readonly config?: DynamicValue };
  UpgradeRequest: Typed & {
    readonly version: number;
    readonly rawState?: Messages["RawState"];
  };
  UpgradeResponse: Diagnostics & { readonly upgradedState?: DynamicValue };
  ReadRequest: Typed & { readonly currentState?: DynamicValue; readonly private: Uint8Array };
  ReadResponse: Diagnostics & { readonly newState?: DynamicValue; readonly private: Uint8Array };
  PlanRequest: Typed & {
    readonly priorState?: DynamicValue;
    readonly proposedNewState?: DynamicValue;
    readonly config?: DynamicValue;
    readonly priorPrivate: Uint8Array;
  };
  PlanResponse: Diagnostics & {
    readonly plannedState?: DynamicValue;
    readonly requiresReplace?: readonly Messages["AttributePath"][];
    readonly plannedPrivate: Uint8Array;
  };
  ApplyRequest: Typed & {
    readonly priorState?: DynamicValue;
    readonly plannedState?: DynamicValue;
    readonly config?: DynamicValue;
    readonly plannedPrivate: Uint8Array;
  };
  ApplyResponse: Diagnostics & { readonly newState?: DynamicValue; readonly private: Uint8Array };
  ImportRequest: Typed & { readonly id: string };
  ImportedResource: Typed & { readonly state: DynamicValue; readonly private: Uint8Array };
  ImportResponse: Diagnostics & {
    readonly importedResources?: readonly Messages["ImportedResource"][];
  };
  MoveRequest: {
    readonly sourceProviderAddress: string;
    readonly sourceTypeName: string;
    readonly sourceSchemaVersion: number;
    readonly sourceState?: Messages["RawState"];
    readonly targetTypeName: string;
    readonly sourcePrivate: Uint8Array;
  };
  MoveResponse: Diagnostics & {
    readonly targetState?: DynamicValue;
    readonly targetPrivate: Uint8Array;
  };
  ReadDataRequest: Typed & { readonly config?: DynamicValue };
  ReadDataResponse: Diagnostics & { readonly state?: DynamicValue };
  CallFunctionRequest: { readonly name: string; readonly arguments: readonly DynamicValue[] };
  CallFunctionResponse: {
    readonly result?: DynamicValue;
    readonly error?: Messages["FunctionError"];
  };
  StopResponse: { readonly error: string };
  HealthResponse: { readonly status: number };
}
