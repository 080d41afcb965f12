import type { Message } from "../wire/messages.ts";
import type { Path } from "../wire/path.ts";
import { isNested, type Attributes, type Block } from "../wire/schema.ts";
import { isList, isTree, memberOf, treeOf, UNKNOWN, type Tree, type Value } from "../wire/value.ts";
import { diagnosticOf, encodeDiagnostics, errorDiagnostic, type Diagnostic } from "./diagnostic.ts";
import { decodeTree, kindNamed, type Kind } from "./kinds.ts";
import type { Session } from "./session.ts";
import { checkTimeouts } from "./timeouts.ts";

export function validateProviderConfig<C>(
  session: Session<C>,
  request: Message<"ValidateProviderRequest">,
): Message<"ValidateProviderResponse"> {
  const { kinds, definition } = session;
  return validate(session, kinds.provider, request.config, (config) => {
    return definition.validate?.(config) ?? [];
  });
}

export function validateResourceConfig<C>(
  session: Session<C>,
  request: Message<"ValidateRequest">,
): Message<"DiagnosticsResponse"> {
  const kind = kindNamed(session.kinds.resources, request.typeName);
  const { resource, schema } = kind;
  const mayBeWriteOnly = request.clientCapabilities?.writeOnlyAttributesAllowed ?? false;
  return validate(session, kind, request.config, (config) => [
    ...checkTimeouts(resource.timeouts, config),
    ...(mayBeWriteOnly ? [] : refuseWriteOnly(schema, config)),
    ...(resource.validate?.(config) ?? []),
  ]);
}

export function validateDataSourceConfig<C>(
  session: Session<C>,
  request: Message<"ValidateRequest">,
): Message<"DiagnosticsResponse"> {
  const kind = kindNamed(session.kinds.dataSources, request.typeName);
  return validate(session, kind, request.config, (config) => kind.source.validate?.(config) ?? []);
}

function validate<C>(
  { redactor }: Session<C>,
  kind: Kind,
  message: Message<"DynamicValue"> | undefined,
  check: (config: Tree) => readonly Diagnostic[],
): Message<"DiagnosticsResponse"> {
  const config = decodeTree(kind, message) ?? treeOf([]);
  redactor.learn(kind.schema, config);
  const found: Diagnostic[] = warnDeprecated(kind.schema, config, []);
  try {
    found.push(...check(config));
  } catch (error) {
    found.push(diagnosticOf(error, "check the configuration"));
  }
  return { diagnostics: encodeDiagnostics(found, kind.schema, redactor) };
}

function refuseWriteOnly(block: Block, config: Tree): Diagnostic[] {
  return Object.entries(block.attributes)
    .filter(([name, { writeOnly }]) => writeOnly && memberOf(config, name) !== null)
    .map(([name]) => {
      const detail = `Write-only attributes need Terraform 1.11 or later. Remove \`${name}\`.`;
      return errorDiagnostic("This Terraform has no write-only attributes", detail, [name]);
    });
}

/** Terraform itself warns only where a deprecated attribute is read. */
function warnDeprecated(block: Block, config: Value, path: Path): Diagnostic[] {
  const blocks = Object.entries(block.blocks ?? {}).flatMap(([name, nested]) => {
    const inner = memberOf(config, name);
    return membersOf(inner, [...path, name]).flatMap(([at, each]) =>
      warnDeprecated(nested, each, at),
    );
  });
  return [...warnAttributes(block.attributes, config, path), ...blocks];
}

function warnAttributes(attributes: Attributes, config: Value, path: Path): Diagnostic[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const value = memberOf(config, name);
    const at = [...path, name];
    if (value === null || value === UNKNOWN) return [];
    const found: Diagnostic[] = [];
    if (attribute.deprecated !== undefined) {
      const summary = `Attribute ${name} is deprecated`;
      found.push({ severity: "warning", summary, detail: attribute.deprecated, path: at });
    }
    if (isNested(attribute)) {
      const { mode, attributes: inner } = attribute.nested;
      const members = mode === "single" ? [[at, value] as const] : membersOf(value, at);
      found.push(...members.flatMap(([where, each]) => warnAttributes(inner, each, where)));
    }
    return found;
  });
}

/** The objects of a list, set or map of them; a lone object is its own only member. */
function membersOf(value: Value, path: Path): (readonly [Path, Value])[] {
  if (isList(value)) return value.map((each, index) => [[...path, index], each] as const);
  if (!isTree(value)) return [];
  const entries = Object.entries(value);
  const isMap = entries.length > 0 && entries.every(([, each]) => isTree(each));
  return isMap ? entries.map(([key, each]) => [[...path, key], each] as const) : [[path, value]];
}
