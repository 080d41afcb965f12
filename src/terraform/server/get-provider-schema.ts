import { encodeSchema } from "../wire/encode-schema.ts";
import type { Message } from "../wire/messages.ts";
import { encodeType } from "../wire/type.ts";
import type { FunctionParameter, FunctionType } from "./definition.ts";
import type { Kind } from "./kinds.ts";
import type { Session } from "./session.ts";

const CAPABILITIES: Message<"ServerCapabilities"> = {
  planDestroy: true,
  // Else Terraform asks for the schema again in every process that it starts.
  getProviderSchemaOptional: true,
  moveResourceState: true,
};

const MARKDOWN = 1;

export function getProviderSchema<C>(session: Session<C>): Message<"SchemasResponse"> {
  const { kinds } = session;
  return {
    provider: encodeSchema(kinds.provider.schema),
    resourceSchemas: schemasOf(kinds.resources),
    dataSourceSchemas: schemasOf(kinds.dataSources),
    serverCapabilities: CAPABILITIES,
    functions: getFunctions(session).functions,
  };
}

export function getFunctions<C>({ definition }: Session<C>): Message<"FunctionsResponse"> {
  const entries = Object.entries(definition.functions);
  return { functions: new Map(entries.map(([name, each]) => [name, encodeFunction(each)])) };
}

export function getMetadata<C>({ definition, kinds }: Session<C>): Message<"MetadataResponse"> {
  const typeNames = (of: ReadonlyMap<string, unknown>): Message<"TypeMetadata">[] =>
    [...of.keys()].map((typeName) => ({ typeName }));
  return {
    serverCapabilities: CAPABILITIES,
    dataSources: typeNames(kinds.dataSources),
    resources: typeNames(kinds.resources),
    functions: Object.keys(definition.functions).map((name) => ({ name })),
  };
}

function schemasOf(kinds: ReadonlyMap<string, Kind>): Map<string, Message<"Schema">> {
  return new Map([...kinds].map(([name, { schema }]) => [name, encodeSchema(schema)]));
}

function encodeFunction(each: FunctionType): Message<"Function"> {
  return {
    parameters: each.parameters.map(encodeParameter),
    ...(each.variadic && { variadicParameter: encodeParameter(each.variadic) }),
    return: { type: encodeType(each.returns) },
    summary: each.summary,
    description: each.description ?? each.summary,
    descriptionKind: MARKDOWN,
    deprecationMessage: "",
  };
}

function encodeParameter(parameter: FunctionParameter): Message<"Parameter"> {
  return {
    name: parameter.name,
    type: encodeType(parameter.type),
    allowNullValue: parameter.allowNull ?? false,
    allowUnknownValues: false,
    description: parameter.description ?? "",
    descriptionKind: MARKDOWN,
  };
}
